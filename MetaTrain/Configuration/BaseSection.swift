import LongContextBenchmarks

/// `base`: plain language modelling of the base model, before meta-training.
struct BaseSection: ConfigurationSection {
    /// How large and how hard the documents are.
    var documents = FactsSettings()
    /// The number of steps; 0 leaves the base as it is.
    var steps = 0
    /// The number of sequences in a step.
    var batch = 16
    /// AdamW's greatest learning rate.
    var rate = 2e-3
    /// The number of steps in which the rate rises from zero.
    var warmUpSteps = 50
    /// The share of the rate that the cosine ends at.
    var finalRateFraction = 0.1
    var weightDecay = 0.01
    /// The greatest norm of all gradients together.
    var clipNorm = 1.0

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readSection("documents", into: &documents)
        try reader.read("steps", into: &steps, in: 0...10_000_000)
        try reader.read("batch", into: &batch, in: 1...65_536)
        try reader.read("rate", into: &rate, in: 1e-9...1)
        try reader.read("warmUpSteps", into: &warmUpSteps, in: 0...10_000_000)
        try reader.read("finalRateFraction", into: &finalRateFraction, in: 0...1)
        try reader.read("weightDecay", into: &weightDecay, in: 0...1)
        try reader.read("clipNorm", into: &clipNorm, in: 1e-6...1e6)
    }
}
