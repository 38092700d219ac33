import LanguageModel
import StrictConfiguration
import Tensors
import TestTimeLearning

/// What an adapter was trained for.
public enum TrainingMethod: String, Codable, CaseIterable, Sendable {
    /// To be what a document is learned from: PERK.
    case perk
    /// To answer with the document in the prompt, by plain gradient steps: what the paper calls FT-ICR.
    case inContext = "in-context"
}

/// What turns a base model into one that learns documents, but for the numbers.
///
/// It stands in a model's `perk.json`, under the same keys in the configuration of a training, and a fresh model is made
/// by it. Each setting is declared here, or in the type of its section, with its default, its bounds and its meaning.
public struct PERKConfiguration: Equatable, Sendable {
    public var method = TrainingMethod.perk
    /// How products with weights that are not trained are computed.
    public var arithmetic = Arithmetic.float32
    public var adapter = AdapterConfiguration()
    public var weighter = WeighterConfiguration()
    public var inner = InnerLoopConfiguration()
    public var text = TextFormat()
    /// What makes signals of an answer a confidence, where the model was calibrated.
    public var calibration: Calibration?
    /// What documents the model is known to answer about, where that was measured.
    public var limits: DocumentLimits?
    /// The base model, where it does not lie in the model's own directory.
    public var base: BaseReference?

    public init() {}
}

extension PERKConfiguration: ConfigurationSection {
    package mutating func read(from reader: inout SectionReader) throws {
        try reader.readSection("base", into: &base, "The base model, where it does not lie in this directory")
        try reader.read("method", into: &method, "What the adapter was trained for")
        try reader.read("arithmetic", into: &arithmetic, "How products with weights that are not trained are computed")
        try reader.readSection("adapter", into: &adapter, "The LoRA adapter that documents are written into")
        try reader.readSection("weighter", into: &weighter, "The network that weighs each token's loss")
        if method == .inContext { inner.steps = 0 }
        try reader.readSection("inner", into: &inner, "The inner loop, which writes a document into the adapter")
        try reader.readSection("text", into: &text, "How documents and questions become token sequences")
        try reader.readSection("calibration", into: &calibration, "What makes signals of an answer a confidence")
        try reader.readSection("limits", into: &limits, "What documents the model is known to answer about")
    }
}

/// `adapter`: the LoRA adapter that documents are written into.
public struct AdapterConfiguration: Equatable, Sendable {
    public var rank = 16
    /// With rank 16 and rank stabilization, 4 gives the scale 1.
    public var alpha = 4.0
    /// Whether the scale is α/√rank rather than α/rank.
    public var rsLoRA = true
    /// All of them stand for those that the model has.
    public var targets = LinearMap.allCases
    public var layers = LayerSelection.all

    public init() {}

    /// The settings of an adapter of a model with so many layers.
    init(_ layout: AdapterLayout, layers count: Int) {
        (rank, alpha, rsLoRA) = (layout.rank, layout.alpha, layout.rankStabilized)
        (targets, layers) = (layout.maps, LayerSelection(layout.layers, of: count))
    }

    /// The layout for a model.
    ///
    /// - Throws: `AdapterLayoutError` where the model has not what is to be adapted.
    func layout(for configuration: ModelConfiguration) throws -> AdapterLayout {
        try AdapterLayout(
            rank: rank, alpha: alpha, rankStabilized: rsLoRA,
            targets: targets == LinearMap.allCases ? nil : targets.map(\.shortName),
            layers: layers.resolved(layers: configuration.layers), configuration: configuration)
    }
}

extension AdapterConfiguration: ConfigurationSection {
    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read("rank", into: &rank, in: 1...4096, "The rank of each pair of matrices")
        try reader.read(
            "alpha", into: &alpha, in: 1e-3...1e6,
            "The numerator of the adapter's scale; with rank 16 and rsLoRA, 4 gives the scale 1")
        try reader.read(
            "rsLoRA", into: &rsLoRA,
            "Whether the scale is alpha / √rank (Kalajdzievski 2023, arXiv 2312.03732) instead of alpha / rank")
        try reader.readList(
            "targets", into: &targets,
            "The linear maps that are adapted in every adapted layer; all stands for those that the model has")
        try reader.read(
            "layers", into: &layers,
            "The layers that are adapted, counted from 0; what lies below them is computed once per document")
    }

    package func validate(_ reader: SectionReader) throws {
        guard !targets.isEmpty, Set(targets).count == targets.count else {
            throw reader.refusal("targets", "give each target once and at least one, or the word all")
        }
    }
}

/// `weighter`: the network that weighs each token's loss in the inner loop.
public struct WeighterConfiguration: Equatable, Sendable {
    /// Without it each token counts the same.
    public var enabled = true
    public var hiddenWidth = 128
    public var weighting = TokenWeighting()

    public init() {}
}

extension WeighterConfiguration: ConfigurationSection {
    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read("enabled", into: &enabled, "Whether tokens are weighed; without it each counts the same")
        try reader.read("hiddenWidth", into: &hiddenWidth, in: 1...65_536, "The width of the hidden layer")
        try reader.read(
            "nonlinearity", into: &weighting.nonlinearity, "The function that makes a weight of what the network says")
        try reader.read(
            "normalized", into: &weighting.isNormalized,
            "Whether the weights of each segment are divided by their mean, so that only their proportions count")
    }

    package func validate(_ reader: SectionReader) throws {
        guard weighting.isPossible else {
            throw reader.refusal(
                "normalized",
                "weights by \(weighting.nonlinearity.rawValue) have no positive mean to divide by; use another one")
        }
    }
}

extension InnerLoopConfiguration: ConfigurationSection {
    package init() { self.init(microBatchTokens: nil) }

    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read("optimizer", into: &optimizer, "The rule by which a gradient becomes a step")
        // Who finds the document in the prompt takes no steps on it.
        if steps > 0 { try reader.read("steps", into: &steps, in: 1...1024, "The number of gradient steps") }
        try reader.read("beta1", into: &adamW.beta1, in: 0...0.99999, "AdamW's decay of the gradient's mean")
        try reader.read("beta2", into: &adamW.beta2, in: 0...0.99999, "AdamW's decay of the squared gradient's mean")
        try reader.read(
            "epsilon", into: &adamW.epsilon, in: 1e-12...1, "What AdamW adds to the root of the squared gradient's mean"
        )
        try reader.read(
            "weightDecay", into: &adamW.weightDecay, in: 0...1, "AdamW's weight decay, a share of the rate")
        try reader.read(
            "truncatedSteps", into: &truncatedSteps, in: 0...1024,
            "The number of first steps that the meta-gradient does not go through")
        try reader.read(
            "microBatchTokens", into: &microBatchTokens, in: 1...1_048_576,
            "The most tokens, padding included, in one pass over the model; null for what the model's size suggests")
    }
}

extension LinearMap: ConfigurationText {
    package static let expectation = "one of \(allCases.map(\.shortName).joined(separator: ", "))"

    package init?(text: String) {
        guard let map = Self.allCases.first(where: { $0.shortName == text }) else { return nil }
        self = map
    }

    package var text: String { shortName }
}

extension LayerSelection: ConfigurationText {
    package static let expectation = "all, top N, FIRST..LAST, or numbers with commas between"

    package init?(text: String) { self.init(text) }

    package var text: String { description }
}

extension TrainingMethod: ConfigurationChoice {}
extension Arithmetic: ConfigurationChoice {}
extension TokenWeighting.Nonlinearity: ConfigurationChoice {}
extension InnerLoopConfiguration.Optimizer: ConfigurationChoice {}
