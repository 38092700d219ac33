/// `meta`: the outer loop, which learns where the inner loop starts, how it weighs tokens and how far it steps.
struct MetaSection: ConfigurationSection {
    /// The number of tasks, each a document with its questions, in a step.
    var tasksPerStep = 16
    /// The number of tasks that share one pass over the model.
    var tasksPerPass = 4
    /// AdamW's greatest learning rate, for everything but the inner rates.
    var rate = 7e-4
    /// AdamW's greatest learning rate for the logarithms of the inner rates.
    var rateOfRates = 3e-2
    var weightDecay = 0.01
    /// The number of steps in which the rate rises from zero.
    var warmUpSteps = 50
    /// The share of the rate that the cosine ends at.
    var finalRateFraction = 0.05
    /// The greatest norm of all gradients together.
    var clipNorm = 1.0
    /// Whether the base model is trained too.
    var trainBase = false

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("tasksPerStep", into: &tasksPerStep, in: 1...65_536)
        try reader.read("tasksPerPass", into: &tasksPerPass, in: 1...65_536)
        try reader.read("rate", into: &rate, in: 1e-9...1)
        try reader.read("rateOfRates", into: &rateOfRates, in: 0...10)
        try reader.read("weightDecay", into: &weightDecay, in: 0...1)
        try reader.read("warmUpSteps", into: &warmUpSteps, in: 0...10_000_000)
        try reader.read("finalRateFraction", into: &finalRateFraction, in: 0...1)
        try reader.read("clipNorm", into: &clipNorm, in: 1e-6...1e6)
        try reader.read("trainBase", into: &trainBase)
    }
}
