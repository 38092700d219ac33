import LanguageModel
import SeededRandom
import Tensors
import TestTimeLearning

/// How learning begins where it has not been meta-trained, and what meta-training starts from.
public struct StartSettings: Sendable {
    public var rank = 16
    /// With rank 16 and rank stabilization, 4 gives the scale 1.
    public var alpha = 4.0
    public var rankStabilized = true
    /// The adapted maps by their names, or ends of names; all of the family's unless given.
    public var targets: [String]?
    public var layers = LayerSelection.all
    /// Zero would make AdamW's first step infinitely steep; see `InnerOptimizer`.
    public var standardDeviationOfB = 0.02
    /// `nil` leaves every token the same weight.
    public var weighterHiddenWidth: Int?
    public var weighting = TokenWeighting()
    public var innerLoop = InnerLoopConfiguration()
    /// The most tokens in one pass over the model; `nil` for as many as the model's size suggests. Counts more than the
    /// inner loop's.
    public var microBatchTokens: Int?
    public var initialRate = 1e-3

    public init() {}
}

extension MetaLearnedModel<Float> {
    /// A base model with a random start.
    ///
    /// - Throws: `AdapterLayoutError`.
    public init(
        configuration: ModelConfiguration, weights: ModelWeights<StoredWeight<Float>>, start: StartSettings,
        using random: inout RandomSource
    ) throws {
        let layout = try AdapterLayout(
            rank: start.rank, alpha: start.alpha, rankStabilized: start.rankStabilized, targets: start.targets,
            layers: try start.layers.resolved(layers: configuration.layers), configuration: configuration)
        var innerLoop = start.innerLoop
        innerLoop.microBatchTokens =
            start.microBatchTokens
            ?? InnerLoopConfiguration.microBatchTokens(for: configuration, lowestLayer: layout.lowestLayer)
        let adapter = Adapter<Tensor<Float>>(
            layout: layout, standardDeviationOfB: start.standardDeviationOfB, using: &random)
        self.init(
            configuration: configuration, innerLoop: innerLoop, weights: weights, adapter: adapter,
            weighter: start.weighterHiddenWidth.map {
                TokenWeighter(
                    width: configuration.width, hiddenWidth: $0, weighting: start.weighting, using: &random)
            },
            logRates: Self.uniformLogRates(
                start.initialRate, tensors: adapter.tensors.count, steps: innerLoop.steps))
    }
}

extension AnsweringModel {
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

    /// A base model with a random start, the same for the same settings and seed.
    ///
    /// - Throws: `AdapterLayoutError`.
    public init(untrained base: BaseModel, start: StartSettings, seed: UInt64 = 0) throws {
        var random = RandomSource(seed: seed, stream: 0)
        self.init(
            learned: try MetaLearnedModel(
                configuration: base.configuration, weights: base.weights, start: start, using: &random),
            tokenizer: base.tokenizer, format: TextFormat(fitting: base.configuration), isMetaTrained: false,
            chatTemplate: base.chatTemplate, baseFiles: base.files)
    }
}
