// The gated unit of SwiGLU, silu(gate)∘self, with the products of its derivatives that learning needs: each in one pass over
// memory, where the plain form takes up to twenty. All operands have one shape, so kernels stay within bounds.
extension Tensor {
    /// silu(gate)∘self
    public func gated(by gate: Tensor) -> Tensor {
        requireShape(of: gate)
        let result = Tensor(uninitialized: shape)
        forEachRun(of: count) { Scalar.kernels.gate($1, gate.start + $0, start + $0, result.start + $0) }
        return result
    }

    /// The derivative of `gated` in the direction of the two tangents.
    public func gatedTangent(gate: Tensor, gateTangent: Tensor, tangent: Tensor) -> Tensor {
        requireShape(of: gate, gateTangent, tangent)
        let result = Tensor(uninitialized: shape)
        forEachRun(of: count) {
            Scalar.kernels.gateTangent(
                $1, gate.start + $0, start + $0, gateTangent.start + $0, tangent.start + $0, result.start + $0)
        }
        return result
    }

    /// The cotangents of gate and self for the cotangent `dy` of `gated`.
    public func gatedPullback(gate: Tensor, _ dy: Tensor) -> (gate: Tensor, value: Tensor) {
        requireShape(of: gate, dy)
        let results = (gate: Tensor(uninitialized: shape), value: Tensor(uninitialized: shape))
        forEachRun(of: count) {
            Scalar.kernels.gatePullback(
                $1, gate.start + $0, start + $0, dy.start + $0, results.gate.start + $0, results.value.start + $0)
        }
        return results
    }

    /// The derivative of `gatedPullback` in the direction of the three tangents.
    public func gatedPullbackTangent(
        gate: Tensor, _ dy: Tensor, gateTangent: Tensor, tangent: Tensor, cotangentTangent: Tensor
    ) -> (gate: Tensor, value: Tensor) {
        requireShape(of: gate, dy, gateTangent, tangent, cotangentTangent)
        let results = (gate: Tensor(uninitialized: shape), value: Tensor(uninitialized: shape))
        forEachRun(of: count) {
            Scalar.kernels.gatePullbackTangent(
                $1, gate.start + $0, start + $0, dy.start + $0, gateTangent.start + $0, tangent.start + $0,
                cotangentTangent.start + $0, results.gate.start + $0, results.value.start + $0)
        }
        return results
    }

    private func requireShape(of others: Tensor...) {
        precondition(others.allSatisfy { $0.shape == shape }, "shapes \(others.map(\.shape)) for \(shape)")
    }
}
