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
/// `AdamWStep` states the formulas. Its slope at a zero gradient is 1/ε: with B = 0 the first gradient of A is exactly zero,
/// and the meta-gradient of B explodes. Adapters therefore start with a small B that is not zero.
struct InnerOptimizer<Scalar: TensorScalar>: Sendable {
    /// `nil` for gradient descent.
    let adamW: InnerLoopConfiguration.AdamW?
    /// log α: [tensors, steps]
    let logRates: Tensor<Scalar>

    init(_ configuration: InnerLoopConfiguration, logRates: Tensor<Scalar>) {
        adamW = configuration.optimizer == .adamW ? configuration.adamW : nil
        self.logRates = logRates
    }

    func rate(tensor: Int, step: Int) -> Double { exp(Double(logRates[tensor][step].item)) }

    /// Replaces `state` by the state after `step`.
    func advance(_ state: inout InnerState<Scalar>, gradients: [Tensor<Scalar>], step: Int) {
        for index in gradients.indices {
            if let adamW = adamW(tensor: index, step: step) {
                adamW.advance(
                    &state.adapter[index], m: &state.m[index], v: &state.v[index], gradient: gradients[index])
            } else {
                state.adapter[index].add(gradients[index], scaledBy: Scalar(-rate(tensor: index, step: step)))
            }
        }
    }

    /// Turns the cotangents after `step` into those before it, leaving out the path through the gradient.
    ///
    /// - Parameter state: the state before the step.
    /// - Returns: the cotangents of the gradient, and of log α for each tensor.
    func pullBack(
        _ cotangent: inout InnerCotangent<Scalar>, state: InnerState<Scalar>, gradients: [Tensor<Scalar>], step: Int
    ) -> (gradients: [Tensor<Scalar>], logRates: [Double]) {
        var gradientCotangents: [Tensor<Scalar>] = [], rateCotangents: [Double] = []
        for index in gradients.indices {
            let rate = rate(tensor: index, step: step)
            if let adamW = adamW(tensor: index, step: step) {
                let (gradientCotangent, rateCotangent) = adamW.pullBack(
                    phi: state.adapter[index], m: state.m[index], v: state.v[index], gradient: gradients[index],
                    phiCotangent: &cotangent.adapter[index], mCotangent: &cotangent.m[index],
                    vCotangent: &cotangent.v[index])
                gradientCotangents.append(gradientCotangent)
                rateCotangents.append(rate * rateCotangent)
            } else {
                gradientCotangents.append(cotangent.adapter[index].scaled(by: Scalar(-rate)))
                rateCotangents.append(-rate * cotangent.adapter[index].dot(gradients[index]))
            }
        }
        return (gradientCotangents, rateCotangents)
    }

    /// The step of a tensor under AdamW; `nil` under gradient descent.
    private func adamW(tensor: Int, step: Int) -> AdamWStep? {
        adamW.map {
            AdamWStep(
                rate: rate(tensor: tensor, step: step), weightDecay: $0.weightDecay, beta1: $0.beta1, beta2: $0.beta2,
                epsilon: $0.epsilon, step: step)
        }
    }
}
