/// The rule by which a gradient of the inner loop becomes a step.
enum InnerOptimizer: String, ConfigurationChoice, Sendable {
    case adamW = "adamw"
    case sgd
}

/// `inner`: the inner loop, which writes a document into the adapter.
struct InnerSection: ConfigurationSection {
    var optimizer = InnerOptimizer.adamW
    var steps = 4
    var initialRate = 1e-2
    var learnRates = true
    var beta1 = 0.9
    var beta2 = 0.95
    var epsilon = 1e-6
    var weightDecay = 0.01
    var truncatedSteps = 0
    var firstOrder = false
    var microBatchTokens: Int?

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("optimizer", into: &optimizer, "The rule by which a gradient becomes a step")
        try reader.read("steps", into: &steps, in: 1...1024, "The number of gradient steps")
        try reader.read(
            "initialRate", into: &initialRate, in: 1e-9...100,
            "The learning rate of every tensor and step before any is learned")
        try reader.read("learnRates", into: &learnRates, "Whether the rates are learned, one for each tensor and step")
        try reader.read("beta1", into: &beta1, in: 0...0.99999, "AdamW's decay of the gradient's mean")
        try reader.read("beta2", into: &beta2, in: 0...0.99999, "AdamW's decay of the squared gradient's mean")
        try reader.read(
            "epsilon", into: &epsilon, in: 1e-12...1, "What AdamW adds to the root of the squared gradient's mean")
        try reader.read("weightDecay", into: &weightDecay, in: 0...1, "AdamW's weight decay, a share of the rate")
        try reader.read(
            "truncatedSteps", into: &truncatedSteps, in: 0...1024,
            "The number of first steps that the meta-gradient does not go through")
        try reader.read(
            "firstOrder", into: &firstOrder,
            "Whether the meta-gradient leaves out all second-order terms, as if every step were truncated")
        try reader.read(
            "microBatchTokens", into: &microBatchTokens, in: 1...1_048_576,
            "The most tokens, padding included, in one pass over the model; null for what the model's size suggests")
    }

    func validate(_ reader: SectionReader) throws {
        guard truncatedSteps <= steps else {
            throw reader.refusal(
                "truncatedSteps", "\(truncatedSteps) of \(steps) steps cannot be truncated; use at most inner.steps")
        }
    }
}
