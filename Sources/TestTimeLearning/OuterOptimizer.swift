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
    public private(set) var m, v: MetaParameters<Tensor<Scalar>>

    /// How fast one tensor moves.
    public struct Settings: Sendable, Equatable {
        public let rate: Double
        public let weightDecay: Double

        public init(rate: Double, weightDecay: Double) {
            self.rate = rate
            self.weightDecay = weightDecay
        }
    }

    /// An optimizer that has not moved yet.
    public init(for parameters: MetaParameters<Tensor<Scalar>>) {
        m = parameters.map { Tensor(zeros: $0.shape) }
        v = m
        updates = 0
    }

    /// An optimizer taken up again where another one stopped.
    public init(m: MetaParameters<Tensor<Scalar>>, v: MetaParameters<Tensor<Scalar>>, updates: Int) {
        precondition(m.map(\.shape) == v.map(\.shape), "moments of different shapes")
        (self.m, self.v, self.updates) = (m, v, updates)
    }

    /// Moves `parameters` against `gradients`, each by settings of its own.
    public mutating func update(
        _ parameters: inout MetaParameters<Tensor<Scalar>>, gradients: MetaParameters<Tensor<Scalar>>,
        settings: MetaParameters<Settings>
    ) {
        precondition(
            parameters.hasForm(of: m) && gradients.hasForm(of: m) && settings.hasForm(of: m), "trees of different forms"
        )
        for (index, settings) in settings.values.enumerated() {
            let step = AdamWStep(
                rate: settings.rate, weightDecay: settings.weightDecay, beta1: beta1, beta2: beta2, epsilon: epsilon,
                rootEpsilon: 0, step: updates)
            step.advance(
                &parameters.values[index], m: &m.values[index], v: &v.values[index], gradient: gradients.values[index])
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
