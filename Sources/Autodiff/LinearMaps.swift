import Tensors

/// The low-rank pair that adapts one linear map (Hu et al. 2021): the map's weight W [out, in] acts as W + scale·B·A.
///
/// A leading axis holds one pair for each task of a batch.
public struct LowRankPair<Value> {
    /// [tasks, rank, in]
    public let a: Value
    /// [tasks, out, rank]
    public let b: Value
    public let scale: Double

    public init(a: Value, b: Value, scale: Double) {
        self.a = a
        self.b = b
        self.scale = scale
    }
}

extension Variable {
    /// x·Wᵀ for rows x [..., in] and a weight W [out, in].
    public func linear(_ weight: Variable) -> Variable { linear(.variable(weight)) }

    /// x·Wᵀ for rows x [..., in] and a weight W [out, in].
    public func linear(_ weight: Weight<Value>) -> Variable {
        let x = value.matrix
        let y = weight.product(x).reshaped(value.shape.dropLast() + [weight.shape[0]])
        return .result(y, of: [self] + [weight.variable].compactMap(\.self)) { dy, gradients in
            gradients.add(weight.transposedProduct(dy.matrix).reshaped(value.shape), to: slot)
            gradients.add(Value.product(dy.matrix, x, transposing: .left), to: weight.slot)
        }
    }

    /// x·Wᵀ + scale·(x·Aᵀ)·Bᵀ for x [tasks, rows, in], a shared weight W [out, in] and a pair for each task.
    public func linear(_ weight: Weight<Value>, adapter: LowRankPair<Variable>?) -> Variable {
        guard let adapter else { return linear(weight) }
        let (a, b, scale) = (adapter.a, adapter.b, Scalar(adapter.scale))
        let x = value
        let inner = Value.product(x, a.value, transposing: .right)
        let low = Value.product(inner, b.value, transposing: .right, scale: scale)
        let shape = low.shape
        let y = weight.product(x.matrix, adding: low.reshaped([shape[0] * shape[1], shape[2]]))
        return .result(y.reshaped(shape), of: [self, a, b] + [weight.variable].compactMap(\.self)) { dy, gradients in
            let dInner = Value.product(dy, b.value, scale: scale)
            if gradients.wants(slot) {
                let low = Value.product(dInner, a.value)
                gradients.add(
                    weight.transposedProduct(dy.matrix, adding: low.reshaped(x.matrix.shape)).reshaped(x.shape),
                    to: slot)
            }
            gradients.add(Value.product(dInner, x, transposing: .left), to: a.slot)
            gradients.add(Value.product(dy, inner, transposing: .left, scale: scale), to: b.slot)
            gradients.add(Value.product(dy.matrix, x.matrix, transposing: .left), to: weight.slot)
        }
    }
}
