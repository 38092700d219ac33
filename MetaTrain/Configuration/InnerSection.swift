/// The rule by which a gradient of the inner loop becomes a step.
enum InnerOptimizer: String, ConfigurationChoice, Sendable {
    case adamW = "adamw"
    case sgd
}

/// `inner`: the inner loop, which writes a document into the adapter.
struct InnerSection: ConfigurationSection {
    var optimizer = InnerOptimizer.adamW
    /// The number of gradient steps.
    var steps = 4
    /// The learning rate of every tensor and step before any is learned.
    var initialRate = 1e-2
    /// Whether the rates are learned, one for each tensor and step.
    var learnRates = true
    /// AdamW's decay of the gradient's mean.
    var beta1 = 0.9
    /// AdamW's decay of the squared gradient's mean.
    var beta2 = 0.95
    /// What AdamW adds to the root of the squared gradient's mean.
    var epsilon = 1e-6
    var weightDecay = 0.01
    /// The number of first steps that the meta-gradient does not go through.
    var truncatedSteps = 0
    /// Whether the meta-gradient leaves out all second-order terms, as if every step were truncated.
    var firstOrder = false
    /// The most tokens, padding included, in one pass over the model; nil for as many as the model's size suggests.
    var microBatchTokens: Int?

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("optimizer", into: &optimizer)
        try reader.read("steps", into: &steps, in: 1...1024)
        try reader.read("initialRate", into: &initialRate, in: 1e-9...100)
        try reader.read("learnRates", into: &learnRates)
        try reader.read("beta1", into: &beta1, in: 0...0.99999)
        try reader.read("beta2", into: &beta2, in: 0...0.99999)
        try reader.read("epsilon", into: &epsilon, in: 1e-12...1)
        try reader.read("weightDecay", into: &weightDecay, in: 0...1)
        try reader.read("truncatedSteps", into: &truncatedSteps, in: 0...1024)
        try reader.read("firstOrder", into: &firstOrder)
        try reader.read("microBatchTokens", into: &microBatchTokens, in: 1...1_048_576)
    }

    func validate(_ reader: SectionReader) throws {
        guard truncatedSteps <= steps else {
            throw reader.refusal(
                "truncatedSteps", "\(truncatedSteps) of \(steps) steps cannot be truncated; use at most inner.steps")
        }
    }
}
