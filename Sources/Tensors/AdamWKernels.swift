// The elementwise part of AdamW, fused because it runs over every trainable number. `correction` is 1 / (1 - βᵗ⁺¹) for
// the two moments.
extension Tensor {
    /// m̂ / (√(v̂ + 1e-12) + ε), with m̂ and v̂ the moments times their corrections.
    public static func adamWDirection(
        m: Tensor, v: Tensor, _ correction: (m: Scalar, v: Scalar), epsilon: Scalar
    ) -> Tensor {
        precondition(m.shape == v.shape, "moments of shapes \(m.shape) and \(v.shape)")
        let result = Tensor(uninitialized: m.shape)
        Scalar.kernels.adamWDirection(
            m.count, m.start, v.start, correction.m, correction.v, epsilon, result.start)
        return result
    }

    /// The vector-Jacobian product of m' = β₁m + (1-β₁)g, v' = β₂v + (1-β₂)g² and the direction that follows from them.
    ///
    /// - Parameters:
    ///   - m, v: the new moments.
    ///   - mCotangent, vCotangent: those of the new moments on entry, of the old ones on return.
    /// - Returns: the cotangent of the gradient.
    public static func adamWPullback(
        m: Tensor, v: Tensor, gradient: Tensor, _ correction: (m: Scalar, v: Scalar), epsilon: Scalar,
        beta1: Scalar, beta2: Scalar, directionCotangent: Tensor, mCotangent: inout Tensor, vCotangent: inout Tensor
    ) -> Tensor {
        precondition(
            [v, gradient, directionCotangent, mCotangent, vCotangent].allSatisfy { $0.shape == m.shape },
            "moments, gradient and cotangents of different shapes")
        mCotangent.makeUnique()
        vCotangent.makeUnique()
        let result = Tensor(uninitialized: m.shape)
        Scalar.kernels.adamWPullback(
            m.count, m.start, v.start, gradient.start, correction.m, correction.v, epsilon, beta1, beta2,
            directionCotangent.start, mCotangent.start, vCotangent.start, result.start)
        return result
    }
}
