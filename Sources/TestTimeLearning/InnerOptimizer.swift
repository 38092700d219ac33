import Foundation
import Tensors

/// The state of the inner loop before a step: the adapter's tensors and the optimizer's moments.
struct InnerState<Scalar: TensorScalar>: Sendable {
    var adapter: [Tensor<Scalar>]
    /// Running means of the gradient and of its square; unused by gradient descent.
    var m, v: [Tensor<Scalar>]

    init(adapter: [Tensor<Scalar>]) {
        self.adapter = adapter
        m = adapter.map { Tensor(zeros: $0.shape) }
        v = m
    }
}

/// What the loss after the inner loop says of an `InnerState`: the cotangents of its parts.
struct InnerCotangent<Scalar: TensorScalar>: Sendable {
    var adapter, m, v: [Tensor<Scalar>]

    init(adapter: [Tensor<Scalar>]) {
        self.adapter = adapter
        m = adapter.map { Tensor(zeros: $0.shape) }
        v = m
    }
}

/// One step of the inner loop and its vector-Jacobian product, which stand side by side.
///
/// AdamW, with g the gradient, t the step from 0 and α the rate of the tensor at this step:
///
///     m' = β₁m + (1-β₁)g    v' = β₂v + (1-β₂)g²
///     u  = m̂ / (√(v̂ + 1e-12) + ε),  m̂ = m'/(1-β₁ᵗ⁺¹),  v̂ = v'/(1-β₂ᵗ⁺¹)
///     φ' = φ - α(u + δφ)
///
/// The 1e-12 makes the root differentiable at a zero gradient. There the slope of u is 1/ε: with B = 0 the first gradient
/// of A is exactly zero, and the meta-gradient of B explodes. Adapters therefore start with a small B that is not zero.
struct InnerOptimizer<Scalar: TensorScalar>: Sendable {
    let optimizer: InnerLoopConfiguration.Optimizer
    /// log α: [tensors, steps]
    let logRates: Tensor<Scalar>

    func rate(tensor: Int, step: Int) -> Double { exp(Double(logRates[tensor][step].item)) }

    /// Replaces `state` by the state after `step`.
    func advance(_ state: inout InnerState<Scalar>, gradients: [Tensor<Scalar>], step: Int) {
        for index in gradients.indices {
            let rate = rate(tensor: index, step: step)
            switch optimizer {
            case .sgd:
                state.adapter[index].add(gradients[index], scaledBy: Scalar(-rate))
            case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
                updateMoments(&state, gradients[index], index, beta1, beta2)
                let direction = Tensor.adamWDirection(
                    m: state.m[index], v: state.v[index], correction(beta1, beta2, step), epsilon: Scalar(epsilon))
                state.adapter[index].scale(by: Scalar(1 - rate * weightDecay))
                state.adapter[index].add(direction, scaledBy: Scalar(-rate))
            }
        }
    }

    /// Turns the cotangents after `step` into those before it, leaving out the path through the gradient.
    ///
    /// - Parameters:
    ///   - state: the state before the step.
    /// - Returns: the cotangents of the gradient, and of log α for each tensor.
    func pullBack(
        _ cotangent: inout InnerCotangent<Scalar>, state: consuming InnerState<Scalar>, gradients: [Tensor<Scalar>],
        step: Int
    ) -> (gradients: [Tensor<Scalar>], logRates: [Double]) {
        var gradientCotangents: [Tensor<Scalar>] = [], rateCotangents: [Double] = []
        for index in gradients.indices {
            let rate = rate(tensor: index, step: step)
            switch optimizer {
            case .sgd:
                rateCotangents.append(-rate * cotangent.adapter[index].dot(gradients[index]))
                gradientCotangents.append(cotangent.adapter[index].scaled(by: Scalar(-rate)))
            case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
                updateMoments(&state, gradients[index], index, beta1, beta2)
                let correction = correction(beta1, beta2, step)
                let direction = Tensor.adamWDirection(
                    m: state.m[index], v: state.v[index], correction, epsilon: Scalar(epsilon))
                let along = cotangent.adapter[index].dot(direction)
                let decayed = cotangent.adapter[index].dot(state.adapter[index])
                rateCotangents.append(-rate * (along + weightDecay * decayed))
                gradientCotangents.append(
                    Tensor.adamWPullback(
                        m: state.m[index], v: state.v[index], gradient: gradients[index], correction,
                        epsilon: Scalar(epsilon), beta1: Scalar(beta1), beta2: Scalar(beta2),
                        directionCotangent: cotangent.adapter[index].scaled(by: Scalar(-rate)),
                        mCotangent: &cotangent.m[index], vCotangent: &cotangent.v[index]))
                cotangent.adapter[index].scale(by: Scalar(1 - rate * weightDecay))
            }
        }
        return (gradientCotangents, rateCotangents)
    }

    private func updateMoments(
        _ state: inout InnerState<Scalar>, _ gradient: Tensor<Scalar>, _ index: Int, _ beta1: Double, _ beta2: Double
    ) {
        state.m[index].scale(by: Scalar(beta1))
        state.m[index].add(gradient, scaledBy: Scalar(1 - beta1))
        state.v[index].scale(by: Scalar(beta2))
        state.v[index].add(gradient * gradient, scaledBy: Scalar(1 - beta2))
    }

    /// 1 / (1 - βᵗ⁺¹) for both moments.
    private func correction(_ beta1: Double, _ beta2: Double, _ step: Int) -> (m: Scalar, v: Scalar) {
        (Scalar(1 / (1 - pow(beta1, Double(step + 1)))), Scalar(1 / (1 - pow(beta2, Double(step + 1)))))
    }
}
