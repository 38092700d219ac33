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

    static func product(
        _ a: Self, _ b: Self, transposing: TransposedFactor, scale: Scalar, adding existing: consuming Self?
    ) -> Self

    /// A product with a frozen packed matrix: linear in `a`.
    static func product(
        _ a: Self, _ packed: PackedMatrix, transposed: Bool, adding existing: consuming Self?
    ) -> Self

    func causalSoftmax() -> Self
    func softmaxPullback(_ gradient: Self) -> Self
    func crossEntropy(targets: [Int32]) -> (losses: Self, probabilities: Self)
    func crossEntropyPullback(targets: [Int32], factors: Self) -> Self

    static func headScores(_ q: Self, _ k: Self, _ layout: HeadLayout) -> Self
    static func headMixture(_ p: Self, _ v: Self, _ layout: HeadLayout) -> Self
    static func headTransposedMixture(_ p: Self, _ o: Self, _ layout: HeadLayout) -> Self
    func rotated(by rotation: Rotation<Scalar>, headWidth: Int, inverse: Bool) -> Self
}

extension Carrier {
    var shape: [Int] { primal.shape }

    /// The same elements as a matrix: all axes but the last become its rows.
    var matrix: Self { reshaped([primal.rows, primal.width]) }

    static func product(_ a: Self, _ b: Self, transposing: TransposedFactor = .neither, scale: Scalar = 1) -> Self {
        product(a, b, transposing: transposing, scale: scale, adding: nil)
    }
}

extension Tensor: Carrier {
    public init(constant: Tensor) { self = constant }
    public var primal: Tensor { self }
}
