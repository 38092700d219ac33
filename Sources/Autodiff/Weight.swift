import Tensors

/// The weight of a linear map [out, in] or of an embedding [vocabulary, width].
public enum Weight<Value: Carrier> {
    /// Numbers of the carrier's own kind, constant or not.
    case variable(Variable<Value>)
    /// Numbers that are not trained.
    case frozen(FrozenMatrix<Value.Scalar>)

    /// The extents [out, in].
    public var shape: [Int] {
        switch self {
        case .variable(let weight): weight.value.shape
        case .frozen(let matrix): matrix.shape
        }
    }

    /// The variable that a gradient can flow to; `nil` for a frozen weight.
    public var variable: Variable<Value>? {
        if case .variable(let weight) = self { weight } else { nil }
    }

    /// Whether no gradient flows to it.
    var isConstant: Bool { variable?.isConstant ?? true }

    var slot: Slot { variable?.slot ?? .none }

    /// x·Wᵀ for a matrix x [rows, in], plus `existing`.
    func product(
        _ x: Value, adding existing: consuming Value? = nil, value: KnownValue<Value.Scalar> = .none
    ) -> Value {
        switch self {
        case .variable(let weight):
            Value.product(x, weight.value, transposing: .right, scale: 1, adding: existing, value: value)
        case .frozen(let matrix):
            Value.product(x, matrix, transposed: true, adding: existing, value: value)
        }
    }

    /// dy·W for a matrix dy [rows, out], plus `existing`.
    func transposedProduct(
        _ dy: Value, adding existing: consuming Value? = nil, value: KnownValue<Value.Scalar> = .none
    ) -> Value {
        switch self {
        case .variable(let weight):
            Value.product(dy, weight.value, transposing: .neither, scale: 1, adding: existing, value: value)
        case .frozen(let matrix):
            Value.product(dy, matrix, transposed: false, adding: existing, value: value)
        }
    }

    /// The rows at `indices`, under the leading axes of `leading`: [leading…, width].
    public func gatheringRows(_ indices: [Int32], leading: [Int]) -> Variable<Value> {
        switch self {
        case .variable(let weight):
            weight.gatheringRows(indices, leading: leading)
        case .frozen(let matrix):
            Variable(constant: Value(constant: matrix.gatheringRows(indices).reshaped(leading + [matrix.shape[1]])))
        }
    }
}
