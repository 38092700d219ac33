import Tensors

/// What the differentiable operations compute with: plain tensors, or tensors with a tangent.
///
/// These are the primitives. An operation states its value and its pullback in terms of them, and each carrier says
/// once what a primitive means for it. `Tape<Tensor>` then gives gradients, and `Tape<Dual>` gives gradients together
/// with their derivative in a direction: forward over reverse, the Hessian-vector products of meta-learning.
///
/// The shapes and meanings are those of the functions of the same names on `Tensor`.
public protocol Carrier: Sendable {
    associatedtype Scalar: TensorScalar

    /// A value that does not depend on anything.
    init(constant: Tensor<Scalar>)

    /// The value itself.
    var primal: Tensor<Scalar> { get }

    consuming func reshaped(_ shape: [Int]) -> Self
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    mutating func add(_ other: Self)
    func scaled(by factor: Scalar) -> Self
    func mapped(_ function: ScalarFunction, order: Int) -> Self

    /// silu(gate)∘self, and the cotangents of gate and self for the cotangent `dy` of that.
    func gated(by gate: Self) -> Self
    func gatedPullback(gate: Self, _ dy: Self) -> (gate: Self, value: Self)

    func addingToRows(_ vector: Self) -> Self
    func multiplyingRows(_ vector: Self) -> Self
    func scalingRows(_ factors: Self) -> Self
    func rowProducts(_ other: Self) -> Self
    func columnProducts(_ other: Self) -> Self
    func columnSums() -> Self
    func centeringRows() -> Self
    func columns(_ range: Range<Int>) -> Self
    func placingColumns(at first: Int, of total: Int) -> Self
    func gatheringRows(_ indices: [Int32]) -> Self
    func scatteringRows(_ indices: [Int32], rows: Int) -> Self

    // The products. `value` is what is known of the result's value beforehand.
    static func product(
        _ a: Self, _ b: Self, transposing: TransposedFactor, scale: Scalar, adding existing: consuming Self?,
        value: KnownValue<Scalar>
    ) -> Self

    /// A product with a frozen matrix: linear in `a`.
    static func product(
        _ a: Self, _ frozen: FrozenMatrix<Scalar>, transposed: Bool, adding existing: consuming Self?,
        value: KnownValue<Scalar>
    ) -> Self

    static func attentionScores(_ q: Self, _ k: Self, _ layout: HeadLayout, value: KnownValue<Scalar>) -> Self
    static func attentionOutput(_ p: Self, _ v: Self, _ layout: HeadLayout, value: KnownValue<Scalar>) -> Self
    static func transposedAttentionOutput(_ p: Self, _ o: Self, _ layout: HeadLayout, value: KnownValue<Scalar>) -> Self

    func causalSoftmax(window: Int?, value: KnownValue<Scalar>) -> Self
    func softmaxPullback(_ gradient: Self) -> Self
    func crossEntropy(targets: [Int32]) -> (losses: Self, probabilities: Self)
    func crossEntropyPullback(targets: [Int32], factors: Self) -> Self

    /// The losses [rows] of rows `x` under a head, and their slopes [rows, width] there; see `HeadSums`.
    ///
    /// - Parameters:
    ///   - slopes: what is known of the slopes; where nobody reads them, what is returned for them means nothing.
    ///   - kept: computes the logits of a tile, or knows their value.
    static func headLoss(
        _ x: Self, _ sums: HeadSums<Scalar>, slopes: KnownValue<Scalar>,
        kept: ((KnownValue<Scalar>) -> Self) -> Self
    ) -> (losses: Self, slopes: Self)

    func rotated(by rotation: Rotation<Scalar>, headWidth: Int, inverse: Bool) -> Self
}

extension Carrier {
    var shape: [Int] { primal.shape }

    /// The same elements as a matrix: all axes but the last become its rows.
    var matrix: Self { reshaped([primal.rows, primal.width]) }

    static func product(
        _ a: Self, _ b: Self, transposing: TransposedFactor = .neither, scale: Scalar = 1,
        value: KnownValue<Scalar> = .none
    ) -> Self {
        product(a, b, transposing: transposing, scale: scale, adding: nil, value: value)
    }
}

extension Tensor: Carrier {
    public init(constant: Tensor) { self = constant }
    public var primal: Tensor { self }

    public static func product(
        _ a: Tensor, _ b: Tensor, transposing: TransposedFactor, scale: Scalar, adding existing: consuming Tensor?,
        value: KnownValue<Scalar>
    ) -> Tensor {
        if let known = value.tensor { return known }
        return product(a, b, transposing: transposing, scale: scale, adding: existing)
    }

    public static func product(
        _ a: Tensor, _ frozen: FrozenMatrix<Scalar>, transposed: Bool, adding existing: consuming Tensor?,
        value: KnownValue<Scalar>
    ) -> Tensor {
        if let known = value.tensor { return known }
        return product(a, frozen, transposed: transposed, adding: existing)
    }

    public func causalSoftmax(window: Int?, value: KnownValue<Scalar>) -> Tensor {
        value.tensor ?? causalSoftmax(window: window)
    }

    public static func attentionScores(
        _ q: Tensor, _ k: Tensor, _ layout: HeadLayout, value: KnownValue<Scalar>
    ) -> Tensor { value.tensor ?? attentionScores(q, k, layout) }

    public static func attentionOutput(
        _ p: Tensor, _ v: Tensor, _ layout: HeadLayout, value: KnownValue<Scalar>
    ) -> Tensor { value.tensor ?? attentionOutput(p, v, layout) }

    public static func transposedAttentionOutput(
        _ p: Tensor, _ o: Tensor, _ layout: HeadLayout, value: KnownValue<Scalar>
    ) -> Tensor { value.tensor ?? transposedAttentionOutput(p, o, layout) }
}

extension KnownValue {
    /// The value; a plain tensor has nothing besides it, so there is none that nobody reads.
    fileprivate var tensor: Tensor<Scalar>? { if case .value(let tensor) = self { tensor } else { nil } }
}
