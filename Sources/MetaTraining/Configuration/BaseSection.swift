import BenchmarkData
import StrictConfiguration

/// `base`: plain language modelling of the base model, before meta-training.
struct BaseSection: ConfigurationSection {
    var documents = FactsSettings()
    var steps = 0
    var batch = 16
    var rate = 2e-3
    var warmUpSteps = 50
    var finalRateFraction = 0.1
    var weightDecay = 0.01
    var clipNorm = 1.0

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readSection("documents", into: &documents, "How large and how hard the documents are")
        try reader.read("steps", into: &steps, in: 0...10_000_000, "The number of steps; 0 leaves the base as it is")
        try reader.read("batch", into: &batch, in: 1...65_536, "The number of sequences in a step")
        try reader.read("rate", into: &rate, in: 1e-9...1, "AdamW's greatest learning rate")
        try reader.read(
            "warmUpSteps", into: &warmUpSteps, in: 0...10_000_000,
            "The number of steps in which the rate rises from zero")
        try reader.read(
            "finalRateFraction", into: &finalRateFraction, in: 0...1, "The share of the rate that its cosine ends at")
        try reader.read("weightDecay", into: &weightDecay, in: 0...1, "AdamW's weight decay, a share of the rate")
        try reader.read("clipNorm", into: &clipNorm, in: 1e-6...1e6, "The greatest norm of all gradients together")
    }
}
