import Tensors

/// The weight of a linear map [out, in] or of an embedding [vocabulary, width].
public enum Weight<Value: Carrier> {
    /// Numbers of the carrier's own kind, constant or not.
    case variable(Variable<Value>)
    /// Numbers that are not trained.
    case frozen(FrozenMatrix<Value.Scalar>)
    /// Frozen numbers for computing answers alone: products may round the activations, and carry no tangent and no
    /// gradient.
    case answering(AnsweringMatrix)

    /// The extents [out, in].
    public var shape: [Int] {
        switch self {
        case .variable(let weight): weight.value.shape
        case .frozen(let matrix): matrix.shape
        case .answering(let matrix): matrix.shape
        }
    }

    /// The variable that a gradient can flow to; `nil` for a frozen weight.
    public var variable: Variable<Value>? {
        if case .variable(let weight) = self { weight } else { nil }
    }

    var slot: Slot { variable?.slot ?? .none }

    /// x·Wᵀ for a matrix x [rows, in], plus `existing`.
    func product(
        _ x: Value, adding existing: consuming Value? = nil, value: KnownValue<Value.Scalar> = .none
    ) -> Value {
        switch self {
        case .variable(let weight):
            return Value.product(x, weight.value, transposing: .right, scale: 1, adding: existing, value: value)
        case .frozen(let matrix):
            return Value.product(x, matrix, transposed: true, adding: existing, value: value)
        case .answering(let matrix):
            let y = Value(constant: matrix.product(x.primal.reshaped([1] + x.shape))).matrix
            return existing.map { $0 + y } ?? y
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
        case .answering:
            preconditionFailure("a weight for answering passes no gradient on")
        }
    }

    /// The rows at `indices`, under the leading axes of `leading`: [leading…, width].
    public func gatheringRows(_ indices: [Int32], leading: [Int]) -> Variable<Value> {
        func constant(_ rows: Tensor<Value.Scalar>) -> Variable<Value> {
            Variable(constant: Value(constant: rows.reshaped(leading + [shape[1]])))
        }
        switch self {
        case .variable(let weight): return weight.gatheringRows(indices, leading: leading)
        case .frozen(let matrix): return constant(matrix.gatheringRows(indices))
        case .answering(let matrix): return constant(matrix.gatheringRows(indices).inPrecision())
        }
    }
}

extension Variable {
    /// x·Wᵀ for x [sequences, rows, in], plus the products with the pair of each sequence that has one: a constant.
    public func linear(_ weight: Weight<Value>, constants pairs: [LowRankFactors<Scalar>?]) -> Variable {
        let x = value.primal
        let y: Tensor<Scalar>
        if case .answering(let matrix) = weight {
            y = matrix.product(x, pairs: pairs)
        } else {
            y = weight.product(value.matrix).primal.reshaped(x.shape.dropLast() + [weight.shape[0]])
                .adding(pairs, of: x)
        }
        return Variable(constant: Value(constant: y))
    }
}
