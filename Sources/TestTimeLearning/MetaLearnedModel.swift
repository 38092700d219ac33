import Autodiff
import Foundation
import LanguageModel
import Tensors

/// Everything that is needed to learn documents: the base model θ and what meta-training gives it.
public struct MetaLearnedModel<Scalar: TensorScalar>: Sendable {
    public var configuration: ModelConfiguration
    public var innerLoop: InnerLoopConfiguration
    /// θ
    public var weights: ModelWeights<StoredWeight<Scalar>>
    /// φ₀, with one task: A [1, rank, in] and B [1, out, rank].
    public var adapter: Adapter<Tensor<Scalar>>
    /// ω; `nil` when every token counts the same.
    public var weighter: TokenWeighter<Tensor<Scalar>>?
    /// The logarithms of the learned inner rates α: [tensors, steps].
    public var logRates: Tensor<Scalar>

    public init(
        configuration: ModelConfiguration, innerLoop: InnerLoopConfiguration,
        weights: ModelWeights<StoredWeight<Scalar>>, adapter: Adapter<Tensor<Scalar>>,
        weighter: TokenWeighter<Tensor<Scalar>>?, logRates: Tensor<Scalar>
    ) {
        precondition(
            logRates.shape == [adapter.tensors.count, innerLoop.steps],
            "rates of shape \(logRates.shape) for \(adapter.tensors.count) tensors and \(innerLoop.steps) steps")
        self.configuration = configuration
        self.innerLoop = innerLoop
        self.weights = weights
        self.adapter = adapter
        self.weighter = weighter
        self.logRates = logRates
    }

    /// The same rate for every tensor and step.
    public static func uniformLogRates(_ rate: Double, tensors: Int, steps: Int) -> Tensor<Scalar> {
        Tensor(repeating: Scalar(log(rate)), shape: [tensors, steps])
    }

    /// The same model in another precision.
    public func converted<Other: TensorScalar>(to type: Other.Type = Other.self) -> MetaLearnedModel<Other> {
        MetaLearnedModel<Other>(
            configuration: configuration, innerLoop: innerLoop, weights: weights.map { $1.converted() },
            adapter: adapter.map { $0.converted() }, weighter: weighter?.map { $0.converted() },
            logRates: logRates.converted())
    }
}
