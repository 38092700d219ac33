import Autodiff
import Foundation
import LanguageModel
import Tensors

/// Everything that is needed to learn documents: the base model θ and what meta-training gives it.
public struct MetaLearnedModel<Scalar: TensorScalar>: Sendable {
    public var configuration: ModelConfiguration
    public var innerLoop: InnerLoopConfiguration
    /// θ
    public var weights: ModelWeights<StoredWeight<Scalar>> {
        didSet { layouts = Self.layouts(for: weights) }
    }
    /// Where each weight is laid out for learning.
    private var layouts: [MatrixLayouts]
    /// φ₀, with one task: A [1, rank, in] and B [1, out, rank].
    public var adapter: Adapter<Tensor<Scalar>>
    /// ω; `nil` when every token counts the same.
    public var weighter: TokenWeighter<Tensor<Scalar>>?
    /// The logarithms of the learned inner rates α: [tensors, steps].
    public var logRates: Tensor<Scalar>
    /// How products with weights that are not trained are computed while a document is learned.
    public var arithmetic: Arithmetic

    public init(
        configuration: ModelConfiguration, innerLoop: InnerLoopConfiguration,
        weights: ModelWeights<StoredWeight<Scalar>>, adapter: Adapter<Tensor<Scalar>>,
        weighter: TokenWeighter<Tensor<Scalar>>?, logRates: Tensor<Scalar>, arithmetic: Arithmetic = .float32
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
        self.arithmetic = arithmetic
        layouts = Self.layouts(for: weights)
    }

    /// A 64th of the machine's memory is for layouts of weights, those that are wanted first.
    private static func layouts(for weights: ModelWeights<StoredWeight<Scalar>>) -> [MatrixLayouts] {
        let budget = ByteBudget(bytes: Int(ProcessInfo.processInfo.physicalMemory / 64))
        return weights.values.map { _ in MatrixLayouts(budget: budget) }
    }

    /// The base model with its weights as constants, for work that is done once.
    func frozen<Value: Carrier>() -> Transformer<Value> where Value.Scalar == Scalar {
        Transformer(configuration: configuration, frozen: weights, arithmetic: arithmetic)
    }

    /// The base model for a tape: what is trained of it as the tape's variables, which are returned besides, and the rest as
    /// constants that are laid out for work that is done over and over.
    func training<Value: Carrier>(
        _ base: TrainedBase, variable: (Tensor<Scalar>) -> Variable<Value>
    ) -> (transformer: Transformer<Value>, trained: [Variable<Value>]) where Value.Scalar == Scalar {
        let trained = base.indices(in: weights.layout).map { ($0, variable(weights.values[$0].tensor)) }
        let variables = Dictionary(uniqueKeysWithValues: trained)
        let values: [Weight<Value>] = weights.values.enumerated().map { index, weight in
            variables[index].map { .variable($0) } ?? weight.constant(arithmetic, layouts: layouts[index])
        }
        let transformer = Transformer(
            configuration: configuration, weights: ModelWeights(layout: weights.layout, values: values))
        return (transformer, trained.map(\.1))
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
            logRates: logRates.converted(), arithmetic: arithmetic)
    }
}
