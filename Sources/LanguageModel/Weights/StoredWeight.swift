import Autodiff
import Tensors

/// A weight as a model keeps it in memory.
public enum StoredWeight<Scalar: TensorScalar>: Sendable {
    case dense(Tensor<Scalar>)
    /// A frozen matrix in its file's format.
    case quantized(QuantizedMatrix)

    public var shape: [Int] {
        switch self {
        case .dense(let tensor): tensor.shape
        case .quantized(let matrix): matrix.shape
        }
    }

    /// All its numbers; those of a quantized matrix are dequantized anew with every call.
    public var tensor: Tensor<Scalar> {
        switch self {
        case .dense(let tensor): tensor
        case .quantized(let matrix): matrix.dequantized(rows: 0..<matrix.rows)
        }
    }

    /// The same weight as one that can be trained.
    public var dequantized: StoredWeight { .dense(tensor) }

    /// The weight as a constant of a computation.
    ///
    /// - Parameters:
    ///   - arithmetic: of products with it.
    ///   - layouts: where a matrix is laid out for them; `nil` if nowhere.
    public func constant<Value: Carrier>(
        _ arithmetic: Arithmetic, layouts: MatrixLayouts? = nil
    ) -> Weight<Value> where Value.Scalar == Scalar {
        switch self {
        case .dense(let tensor) where tensor.shape.count == 2:
            .frozen(FrozenMatrix(.dense(tensor), arithmetic: arithmetic, layouts: layouts))
        case .dense(let tensor): .variable(Variable(constant: Value(constant: tensor)))
        case .quantized(let matrix): .frozen(FrozenMatrix(.quantized(matrix), arithmetic: arithmetic, layouts: layouts))
        }
    }

    /// The weight as answers are computed with it; see `AnsweringMatrix`.
    public func answering() -> Weight<Tensor<Scalar>> where Scalar == Float {
        switch self {
        case .dense(let tensor) where tensor.shape.count == 2: .answering(.dense(tensor))
        case .dense(let tensor): .variable(Variable(constant: tensor))
        case .quantized(let matrix): .answering(.quantized(matrix))
        }
    }

    /// The same weight for computations in another precision.
    public func converted<Other: TensorScalar>() -> StoredWeight<Other> {
        switch self {
        case .dense(let tensor): .dense(tensor.converted())
        case .quantized(let matrix): .quantized(matrix)
        }
    }
}
