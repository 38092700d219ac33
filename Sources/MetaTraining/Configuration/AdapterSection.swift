import PERKModel
import StrictConfiguration
import TestTimeLearning

/// `adapter`: the LoRA adapter that documents are written into, and what it begins with.
struct AdapterSection: ConfigurationSection {
    var path: String?
    var shape = AdapterConfiguration()
    var initialStandardDeviationOfB = FreshStart().standardDeviationOfB

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readPath(
            "path", into: &path,
            "An adapter to begin from, PEFT's directory or a GGUF file, which takes the place of all other keys here")
        guard path == nil else {
            guard let key = reader.statedKeys.first(where: { $0 != "path" }) else { return }
            throw reader.refusal(key, "the adapter at adapter.path has its own; remove this key or adapter.path")
        }
        try shape.read(from: &reader)
        try reader.read(
            "initialStandardDeviationOfB", into: &initialStandardDeviationOfB, in: 0...1,
            "B's standard deviation at the start; 0 makes the first AdamW step as steep as 1 / epsilon unless it is "
                + "truncated")
    }

    func validate(_ reader: SectionReader) throws {
        try shape.validate(reader)
    }
}

/// `inner`: the inner loop, which writes a document into the adapter, and how it is learned.
struct InnerSection: ConfigurationSection {
    var loop = InnerLoopConfiguration()
    var initialRate = FreshStart().initialRate
    var learnRates = true
    var firstOrder = false

    mutating func read(from reader: inout SectionReader) throws {
        try loop.read(from: &reader)
        try reader.read(
            "initialRate", into: &initialRate, in: 1e-9...100,
            "The learning rate of every tensor and step before any is learned")
        try reader.read("learnRates", into: &learnRates, "Whether the rates are learned, one for each tensor and step")
        try reader.read(
            "firstOrder", into: &firstOrder,
            "Whether the meta-gradient leaves out all second-order terms, as if every step were truncated")
    }

    func validate(_ reader: SectionReader) throws {
        guard loop.truncatedSteps <= loop.steps else {
            throw reader.refusal(
                "truncatedSteps",
                "\(loop.truncatedSteps) of \(loop.steps) steps cannot be truncated; use at most inner.steps")
        }
    }

    /// The inner loop with every step truncated where the meta-gradient is of first order.
    var innerLoop: InnerLoopConfiguration {
        var result = loop
        if firstOrder { result.truncatedSteps = loop.steps }
        return result
    }
}
