import Foundation
import Tensors

/// AdamW for the outer loop and for base training (Loshchilov and Hutter 2019).
public struct OuterOptimizer<Scalar: TensorScalar>: Sendable {
    public var beta1 = 0.9
    public var beta2 = 0.95
    public var epsilon = 1e-8
    /// The number of updates made so far.
    public private(set) var updates: Int
    /// Running means of each gradient and of its square.
    public private(set) var m, v: [Tensor<Scalar>]

    /// How fast one tensor moves.
    public struct Pace: Sendable, Equatable {
        public let rate: Double
        public let weightDecay: Double

        public init(rate: Double, weightDecay: Double) {
            self.rate = rate
            self.weightDecay = weightDecay
        }
    }

    /// An optimizer that has not moved yet.
    public init(for parameters: [Tensor<Scalar>]) {
        m = parameters.map { Tensor(zeros: $0.shape) }
        v = m
        updates = 0
    }

    /// An optimizer taken up again where another one stopped.
    public init(m: [Tensor<Scalar>], v: [Tensor<Scalar>], updates: Int) {
        precondition(m.map(\.shape) == v.map(\.shape), "moments of different shapes")
        (self.m, self.v, self.updates) = (m, v, updates)
    }

    /// Moves `parameters` against `gradients`, each at its own pace.
    public mutating func update(_ parameters: inout [Tensor<Scalar>], gradients: [Tensor<Scalar>], paces: [Pace]) {
        precondition(parameters.count == m.count && gradients.count == m.count && paces.count == m.count)
        for index in parameters.indices {
            let step = AdamWStep(
                rate: paces[index].rate, weightDecay: paces[index].weightDecay, beta1: beta1, beta2: beta2,
                epsilon: epsilon, rootEpsilon: 0, step: updates)
            step.advance(&parameters[index], m: &m[index], v: &v[index], gradient: gradients[index])
        }
        updates += 1
    }
}

/// Scales gradients so that their common norm is at most `limit`.
///
/// - Returns: the norm before scaling; not finite if one of the gradients is not.
@discardableResult
public func clipGlobalNorm<Scalar>(_ gradients: inout [Tensor<Scalar>], to limit: Double) -> Double {
    let norm = gradients.reduce(0) { $0 + $1.dot($1) }.squareRoot()
    if norm > limit {
        for index in gradients.indices { gradients[index].scale(by: Scalar(limit / norm)) }
    }
    return norm
}

/// A learning rate over time: a linear warm-up, then half a cosine down to a fraction of the peak.
public struct RateSchedule: Sendable, Equatable {
    public var peak: Double
    public var warmUpSteps: Int
    public var totalSteps: Int
    public var finalFraction: Double

    public init(peak: Double, warmUpSteps: Int, totalSteps: Int, finalFraction: Double) {
        (self.peak, self.warmUpSteps, self.totalSteps, self.finalFraction) =
            (peak, warmUpSteps, totalSteps, finalFraction)
    }

    /// The rate of `step`, counted from 0.
    public func rate(at step: Int) -> Double {
        let warmUp = warmUpSteps == 0 ? 1 : min(1, Double(step + 1) / Double(warmUpSteps))
        let done = min(1, Double(step) / Double(max(1, totalSteps)))
        return peak * warmUp * (finalFraction + (1 - finalFraction) * 0.5 * (1 + cos(.pi * done)))
    }
}
