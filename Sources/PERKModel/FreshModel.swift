import LanguageModel
import SeededRandom
import Tensors
import TestTimeLearning

/// The numbers with which learning begins where none were learned.
public struct FreshStart: Equatable, Sendable {
    /// The standard deviation of B. Zero would make AdamW's first step infinitely steep: its gradient for A is then
    /// exactly zero.
    public var standardDeviationOfB = 0.02
    /// The learning rate of every tensor and step.
    public var initialRate = 1e-2

    public init() {}
}

extension PERKConfiguration {
    /// What documents are learned by where nothing was trained for it: weights that nothing learned weigh no token.
    public static var untrained: PERKConfiguration {
        var configuration = PERKConfiguration()
        configuration.weighter.enabled = false
        return configuration
    }
}

extension MetaLearnedModel<Float> {
    /// A base model with a random start.
    ///
    /// - Throws: `AdapterLayoutError`.
    public init(
        configuration: ModelConfiguration, weights: ModelWeights<StoredWeight<Float>>, perk: PERKConfiguration,
        start: FreshStart = FreshStart(), using random: inout RandomSource
    ) throws {
        let layout = try perk.adapter.layout(for: configuration)
        let adapter = Adapter<Tensor<Float>>(
            layout: layout, standardDeviationOfB: start.standardDeviationOfB, using: &random)
        var weighter: TokenWeighter<Tensor<Float>>?
        if perk.weighter.enabled {
            weighter = TokenWeighter(
                width: configuration.width, hiddenWidth: perk.weighter.hiddenWidth,
                weighting: perk.weighter.weighting, using: &random)
        }
        self.init(
            configuration: configuration, innerLoop: perk.inner, weights: weights, adapter: adapter, weighter: weighter,
            logRates: Self.uniformLogRates(
                start.initialRate, tensors: adapter.tensors.count, steps: perk.inner.steps))
    }
}

extension AnsweringModel {
    /// A base model with a random start, the same for the same configuration and seed.
    ///
    /// - Throws: `AdapterLayoutError`.
    public init(
        fresh base: BaseModel, configuration: PERKConfiguration, start: FreshStart = FreshStart(), seed: UInt64 = 0
    ) throws {
        var random = RandomSource(seed: seed, stream: 0)
        self.init(
            learned: try MetaLearnedModel(
                configuration: base.configuration, weights: base.weights, perk: configuration, start: start,
                using: &random),
            tokenizer: base.tokenizer, format: configuration.text, isMetaTrained: false,
            chatTemplate: base.chatTemplate, baseFiles: base.files)
        method = configuration.method
    }

    /// Begins learning from `adapter`. The learned rates keep to their tensors where these are adapted as before, and
    /// otherwise begin at the mean of those of their step.
    public mutating func begin(with adapter: Adapter<Tensor<Float>>) {
        let steps = learned.innerLoop.steps
        if adapter.layout.names != learned.adapter.layout.names {
            let rates = learned.logRates.scalars
            let means = (0..<steps).map { step in
                stride(from: step, to: rates.count, by: steps).reduce(0) { $0 + rates[$1] } * Float(steps)
                    / Float(rates.count)
            }
            let all = adapter.tensors.flatMap { _ in means }
            learned.logRates = Tensor(all, shape: [adapter.tensors.count, steps])
        }
        learned.adapter = adapter
        forgetMeasurements()
    }
}
