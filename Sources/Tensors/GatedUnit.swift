// The gated unit of SwiGLU, silu(gate)∘self, with the products of its derivatives that learning needs: each in one pass over
// memory, where the plain form takes up to twenty. All operands have one shape, so kernels stay within bounds.
extension Tensor {
    /// silu(gate)∘self
    public func gated(by gate: Tensor) -> Tensor {
        requireShape(of: gate)
        let result = Tensor(uninitialized: shape)
        Scalar.kernels.gate(count, gate.start, start, result.start)
        return result
    }

    /// The derivative of `gated` in the direction of the two tangents.
    public func gatedTangent(gate: Tensor, gateTangent: Tensor, tangent: Tensor) -> Tensor {
        requireShape(of: gate, gateTangent, tangent)
        let result = Tensor(uninitialized: shape)
        Scalar.kernels.gateTangent(count, gate.start, start, gateTangent.start, tangent.start, result.start)
        return result
    }

    /// The cotangents of gate and self for the cotangent `dy` of `gated`.
    public func gatedPullback(gate: Tensor, _ dy: Tensor) -> (gate: Tensor, value: Tensor) {
        requireShape(of: gate, dy)
        let results = (gate: Tensor(uninitialized: shape), value: Tensor(uninitialized: shape))
        Scalar.kernels.gatePullback(count, gate.start, start, dy.start, results.gate.start, results.value.start)
        return results
    }

    /// The derivative of `gatedPullback` in the direction of the three tangents.
    public func gatedPullbackTangent(
        gate: Tensor, _ dy: Tensor, gateTangent: Tensor, tangent: Tensor, cotangentTangent: Tensor
    ) -> (gate: Tensor, value: Tensor) {
        requireShape(of: gate, dy, gateTangent, tangent, cotangentTangent)
        let results = (gate: Tensor(uninitialized: shape), value: Tensor(uninitialized: shape))
        Scalar.kernels.gatePullbackTangent(
            count, gate.start, start, dy.start, gateTangent.start, tangent.start, cotangentTangent.start,
            results.gate.start, results.value.start)
        return results
    }

    private func requireShape(of others: Tensor...) {
        precondition(others.allSatisfy { $0.shape == shape }, "shapes \(others.map(\.shape)) for \(shape)")
    }
}
