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
        let weights = [weight.variable].compactMap(\.self)
        let y = kept(with: weights) { weight.product(x, value: $0) }
        return .result(y.reshaped(value.shape.dropLast() + [weight.shape[0]]), of: [self] + weights) { dy, gradients in
            if gradients.wants(slot) {
                let dx = gradients.kept { weight.transposedProduct(dy.matrix, value: $0) }
                gradients.add(dx.reshaped(value.shape), to: slot)
            }
            gradients.add(to: weight.slot) { Value.product(dy.matrix, x, transposing: .left, value: $0) }
        }
    }

    /// x·Wᵀ + scale·(x·Aᵀ)·Bᵀ for x [tasks, rows, in], a shared weight W [out, in] and a pair for each task.
    public func linear(_ weight: Weight<Value>, adapter: LowRankPair<Variable>?) -> Variable {
        guard let adapter else { return linear(weight) }
        let (a, b, scale) = (adapter.a, adapter.b, Scalar(adapter.scale))
        let x = value
        let inputs = [a, b] + [weight.variable].compactMap(\.self)
        let inner = kept(with: inputs) { Value.product(x, a.value, transposing: .right, value: $0) }
        let y = kept(with: inputs) { known in
            // Handed on without a name, so that it is owned alone and added to in place.
            weight.product(
                x.matrix,
                adding: Value.product(inner, b.value, transposing: .right, scale: scale, value: known.ofPart).matrix,
                value: known)
        }
        let shape = Array(x.shape.dropLast()) + [weight.shape[0]]
        return .result(y.reshaped(shape), of: [self] + inputs) { dy, gradients in
            let dInner = gradients.kept { Value.product(dy, b.value, scale: scale, value: $0) }
            if gradients.wants(slot) {
                let dx = gradients.kept { known in
                    weight.transposedProduct(
                        dy.matrix, adding: Value.product(dInner, a.value, value: known.ofPart).matrix, value: known)
                }
                gradients.add(dx.reshaped(x.shape), to: slot)
            }
            gradients.add(to: a.slot) { Value.product(dInner, x, transposing: .left, value: $0) }
            gradients.add(to: b.slot) { Value.product(dy, inner, transposing: .left, scale: scale, value: $0) }
            gradients.add(to: weight.slot) { Value.product(dy.matrix, x.matrix, transposing: .left, value: $0) }
        }
    }
}
