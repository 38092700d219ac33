import Tensors

/// A tensor and its derivative in one direction (its tangent).
///
/// Each primitive states its tangent rule here, once. A missing tangent means zero and costs nothing: a frozen weight is
/// a dual without one.
public struct Dual<Scalar: TensorScalar>: Carrier {
    public var primal: Tensor<Scalar>
    public var tangent: Tensor<Scalar>?

    public init(primal: Tensor<Scalar>, tangent: Tensor<Scalar>?) {
        precondition(tangent.map { $0.shape == primal.shape } ?? true, "a tangent of another shape")
        self.primal = primal
        self.tangent = tangent
    }

    public init(constant: Tensor<Scalar>) { self.init(primal: constant, tangent: nil) }

    private typealias T = Tensor<Scalar>

    /// A sum in which a missing term is zero.
    private static func sum(_ left: consuming T?, _ right: T?) -> T? {
        guard let right else { return left }
        guard var total = left.take() else { return right }
        total.add(right)
        return total
    }

    /// A primitive that is linear: the tangent goes the way of the value.
    private func linear(_ primitive: (T) -> T) -> Dual {
        Dual(primal: primitive(primal), tangent: tangent.map(primitive))
    }

    /// A primitive that is linear in each of two arguments: the product rule.
    private static func bilinear(
        _ a: Dual, _ b: Dual, value: KnownValue<Scalar> = .none, _ primitive: (T, T) -> T
    ) -> Dual {
        let tangent = sum(a.tangent.map { primitive($0, b.primal) }, b.tangent.map { primitive(a.primal, $0) })
        return Dual(primal: value.tensor(like: tangent) { primitive(a.primal, b.primal) }, tangent: tangent)
    }
}

extension Dual {
    public consuming func reshaped(_ shape: [Int]) -> Dual {
        Dual(primal: primal.reshaped(shape), tangent: tangent?.reshaped(shape))
    }

    public static func + (left: Dual, right: Dual) -> Dual {
        Dual(primal: left.primal + right.primal, tangent: sum(left.tangent, right.tangent))
    }

    public static func - (left: Dual, right: Dual) -> Dual {
        Dual(
            primal: left.primal - right.primal, tangent: sum(left.tangent, right.tangent.map { $0.scaled(by: -1) }))
    }

    public static func * (left: Dual, right: Dual) -> Dual { bilinear(left, right) { $0 * $1 } }

    public mutating func add(_ other: Dual) {
        primal.add(other.primal)
        guard let increment = other.tangent else { return }
        if tangent == nil { tangent = increment } else { tangent?.add(increment) }
    }

    public func scaled(by factor: Scalar) -> Dual { linear { $0.scaled(by: factor) } }

    public func mapped(_ function: ScalarFunction, order: Int) -> Dual {
        Dual(
            primal: primal.mapped(function, order: order),
            tangent: tangent.map { primal.mapped(function, order: order + 1) * $0 })
    }

    /// The tangent, of zeros where it is missing.
    private var definite: T { tangent ?? T(zeros: shape) }

    public func gated(by gate: Dual) -> Dual {
        let isConstant = tangent == nil && gate.tangent == nil
        return Dual(
            primal: primal.gated(by: gate.primal),
            tangent: isConstant
                ? nil : primal.gatedTangent(gate: gate.primal, gateTangent: gate.definite, tangent: definite))
    }

    public func gatedPullback(gate: Dual, _ dy: Dual) -> (gate: Dual, value: Dual) {
        let primals = primal.gatedPullback(gate: gate.primal, dy.primal)
        if tangent == nil && gate.tangent == nil && dy.tangent == nil {
            return (Dual(constant: primals.gate), Dual(constant: primals.value))
        }
        let tangents = primal.gatedPullbackTangent(
            gate: gate.primal, dy.primal, gateTangent: gate.definite, tangent: definite, cotangentTangent: dy.definite)
        return (
            Dual(primal: primals.gate, tangent: tangents.gate), Dual(primal: primals.value, tangent: tangents.value)
        )
    }

    public func addingToRows(_ vector: Dual) -> Dual {
        let broadcast = vector.tangent.map { T(zeros: primal.shape).addingToRows($0) }
        return Dual(primal: primal.addingToRows(vector.primal), tangent: Dual.sum(broadcast, tangent))
    }

    public func multiplyingRows(_ vector: Dual) -> Dual { Dual.bilinear(self, vector) { $0.multiplyingRows($1) } }
    public func scalingRows(_ factors: Dual) -> Dual { Dual.bilinear(self, factors) { $0.scalingRows($1) } }
    public func rowProducts(_ other: Dual) -> Dual { Dual.bilinear(self, other) { $0.rowProducts($1) } }
    public func columnProducts(_ other: Dual) -> Dual { Dual.bilinear(self, other) { $0.columnProducts($1) } }
    public func columnSums() -> Dual { linear { $0.columnSums() } }
    public func centeringRows() -> Dual { linear { $0.centeringRows() } }
    public func columns(_ range: Range<Int>) -> Dual { linear { $0.columns(range) } }

    public func placingColumns(at first: Int, of total: Int) -> Dual {
        linear { $0.placingColumns(at: first, of: total) }
    }

    public func gatheringRows(_ indices: [Int32]) -> Dual { linear { $0.gatheringRows(indices) } }

    public func scatteringRows(_ indices: [Int32], rows: Int) -> Dual {
        linear { $0.scatteringRows(indices, rows: rows) }
    }

    public static func product(
        _ a: Dual, _ b: Dual, transposing: TransposedFactor, scale: Scalar, adding existing: consuming Dual?,
        value: KnownValue<Scalar>
    ) -> Dual {
        // Taken apart so that each half is owned alone and is added to in place.
        var tangent = existing?.tangent.take()
        var base = value.isKnown ? nil : existing?.primal
        existing = nil
        if let da = a.tangent {
            tangent = T.product(da, b.primal, transposing: transposing, scale: scale, adding: tangent.take())
        }
        if let db = b.tangent {
            tangent = T.product(a.primal, db, transposing: transposing, scale: scale, adding: tangent.take())
        }
        let primal = value.tensor(like: tangent) {
            T.product(a.primal, b.primal, transposing: transposing, scale: scale, adding: base.take())
        }
        return Dual(primal: primal, tangent: tangent)
    }

    public static func product(
        _ a: Dual, _ frozen: FrozenMatrix<Scalar>, transposed: Bool, adding existing: consuming Dual?,
        value: KnownValue<Scalar>
    ) -> Dual {
        var tangent = existing?.tangent.take()
        var base = value.isKnown ? nil : existing?.primal
        existing = nil
        if let da = a.tangent { tangent = T.product(da, frozen, transposed: transposed, adding: tangent.take()) }
        let primal = value.tensor(like: tangent) {
            T.product(a.primal, frozen, transposed: transposed, adding: base.take())
        }
        return Dual(primal: primal, tangent: tangent)
    }

    /// d softmax(x) = softmaxPullback(softmax(x), dx): the derivative is symmetric.
    public func causalSoftmax(window: Int?, value: KnownValue<Scalar>) -> Dual {
        let p = value.tensor(like: tangent) { primal.causalSoftmax(window: window) }
        return Dual(primal: p, tangent: tangent.map { p.softmaxPullback($0) })
    }

    /// d(p∘(g - ⟨p, g⟩)) = dp∘(g - ⟨p, g⟩) - p⟨dp, g⟩ + p∘(dg - ⟨p, dg⟩)
    public func softmaxPullback(_ gradient: Dual) -> Dual {
        let (p, g) = (primal, gradient.primal)
        let fromGradient = gradient.tangent.map { p.softmaxPullback($0) }
        let fromSelf = tangent.map { dp in
            dp * g - dp.scalingRows(p.rowProducts(g)) - p.scalingRows(dp.rowProducts(g))
        }
        return Dual(primal: p.softmaxPullback(g), tangent: Dual.sum(fromGradient, fromSelf))
    }

    /// d(loss) = ⟨p, dx⟩ - dx[target], d(p) = softmaxPullback(p, dx)
    public func crossEntropy(targets: [Int32]) -> (losses: Dual, probabilities: Dual) {
        let (losses, p) = primal.crossEntropy(targets: targets)
        return (
            Dual(primal: losses, tangent: tangent.map { $0.rowProducts(p) - $0.picking(targets) }),
            Dual(primal: p, tangent: tangent.map { p.softmaxPullback($0) })
        )
    }

    /// d((p - onehot)∘f) = dp∘f + (p - onehot)∘df
    public func crossEntropyPullback(targets: [Int32], factors: Dual) -> Dual {
        Dual(
            primal: primal.crossEntropyPullback(targets: targets, factors: factors.primal),
            tangent: Dual.sum(
                tangent.map { $0.scalingRows(factors.primal) },
                factors.tangent.map { primal.crossEntropyPullback(targets: targets, factors: $0) }))
    }

    public static func attentionScores(_ q: Dual, _ k: Dual, _ layout: HeadLayout, value: KnownValue<Scalar>) -> Dual {
        bilinear(q, k, value: value) { T.attentionScores($0, $1, layout) }
    }

    public static func attentionOutput(_ p: Dual, _ v: Dual, _ layout: HeadLayout, value: KnownValue<Scalar>) -> Dual {
        bilinear(p, v, value: value) { T.attentionOutput($0, $1, layout) }
    }

    public static func transposedAttentionOutput(
        _ p: Dual, _ o: Dual, _ layout: HeadLayout, value: KnownValue<Scalar>
    ) -> Dual {
        bilinear(p, o, value: value) { T.transposedAttentionOutput($0, $1, layout) }
    }

    public func rotated(by rotation: Rotation<Scalar>, headWidth: Int, inverse: Bool) -> Dual {
        linear { $0.rotated(by: rotation, headWidth: headWidth, inverse: inverse) }
    }
}

extension KnownValue {
    fileprivate var isKnown: Bool { if case .none = self { false } else { true } }

    /// The value, computed if it is not known. Where nobody reads it, something of the tangent's shape stands in its place.
    fileprivate func tensor(like tangent: Tensor<Scalar>?, _ compute: () -> Tensor<Scalar>) -> Tensor<Scalar> {
        switch self {
        case .none: compute()
        case .value(let tensor): tensor
        case .unread: tangent ?? compute()
        }
    }
}
