import CKernels
import Foundation

/// One step of AdamW (Loshchilov and Hutter 2019), fused because it runs over every trainable number:
///
///     m' = β₁m + (1-β₁)g    v' = β₂v + (1-β₂)g²
///     u  = m̂ / (√(v̂ + ρ) + ε),  m̂ = m'/(1-β₁ᵗ⁺¹),  v̂ = v'/(1-β₂ᵗ⁺¹)
///     φ' = φ - rate·(u + weightDecay·φ)
///
/// The usual rule has ρ = 0. A small ρ makes the root differentiable at a zero gradient.
public struct AdamWStep: Sendable {
    private let settings: perk_adamw

    /// - Parameters:
    ///   - rootEpsilon: ρ, under the root.
    ///   - step: the number of steps before this one.
    public init(
        rate: Double, weightDecay: Double, beta1: Double, beta2: Double, epsilon: Double, rootEpsilon: Double = 1e-12,
        step: Int
    ) {
        settings = perk_adamw(
            rate: rate, weight_decay: weightDecay, beta1: beta1, beta2: beta2, epsilon: epsilon,
            root_epsilon: rootEpsilon,
            m_scale: 1 / (1 - pow(beta1, Double(step + 1))), v_scale: 1 / (1 - pow(beta2, Double(step + 1))))
    }

    /// Takes the step from (m, v, φ) in place.
    public func advance<Scalar>(
        _ phi: inout Tensor<Scalar>, m: inout Tensor<Scalar>, v: inout Tensor<Scalar>, gradient: Tensor<Scalar>
    ) {
        precondition([phi, m, v].allSatisfy { $0.shape == gradient.shape }, "a state of another shape")
        phi.makeUnique()
        m.makeUnique()
        v.makeUnique()
        Scalar.kernels.adamWStep(gradient.count, settings, gradient.start, m.start, v.start, phi.start)
    }

    /// The vector-Jacobian product of `advance` at the state (m, v, φ) before it.
    ///
    /// - Parameters:
    ///   - phiCotangent, mCotangent, vCotangent: those of the state after the step on entry, of the state before it on
    ///     return, leaving out the path through the gradient.
    /// - Returns: the cotangents of the gradient and of the rate.
    public func pullBack<Scalar>(
        phi: Tensor<Scalar>, m: Tensor<Scalar>, v: Tensor<Scalar>, gradient: Tensor<Scalar>,
        phiCotangent: inout Tensor<Scalar>, mCotangent: inout Tensor<Scalar>, vCotangent: inout Tensor<Scalar>
    ) -> (gradient: Tensor<Scalar>, rate: Double) {
        precondition(
            [phi, m, v, phiCotangent, mCotangent, vCotangent].allSatisfy { $0.shape == gradient.shape },
            "a state or cotangent of another shape")
        phiCotangent.makeUnique()
        mCotangent.makeUnique()
        vCotangent.makeUnique()
        let result = Tensor<Scalar>(uninitialized: gradient.shape)
        let along = Scalar.kernels.adamWPullback(
            gradient.count, settings, gradient.start, m.start, v.start, phi.start, phiCotangent.start,
            mCotangent.start, vCotangent.start, result.start)
        return (result, -along)
    }
}
