import LongContextBenchmarks

/// An element of `curriculum`: what the documents of one stage hold, and when the stage is over.
struct CurriculumStage: ConfigurationSection {
    /// What logs and checkpoints call the stage.
    var name = "facts"
    /// How large and how hard the documents are.
    var documents = FactsSettings()
    /// The number of inner steps; nil means `inner.steps`.
    var innerSteps: Int?
    /// The outer learning rate; nil means `meta.rate`.
    var rate: Double?
    /// What must be reached before the next stage; nil means to go on to `maximumSteps`.
    var until: StageGoal?
    /// The number of meta-steps after which the stage is over in any case.
    var maximumSteps = 2000

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("name", into: &name)
        try reader.readSection("documents", into: &documents)
        try reader.read("innerSteps", into: &innerSteps, in: 1...1024)
        try reader.read("rate", into: &rate, in: 1e-9...1)
        try reader.readSection("until", into: &until)
        try reader.read("maximumSteps", into: &maximumSteps, in: 1...10_000_000)
    }
}

/// `until`: the accuracy that ends a stage.
struct StageGoal: ConfigurationSection {
    /// The share of held-out questions answered exactly.
    var accuracy = 0.9
    /// The number of people in the held-out documents that are asked about.
    var people = 4

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("accuracy", into: &accuracy, in: 0...1)
        try reader.read("people", into: &people, in: 1...4096)
    }
}

/// `documents`: the settings of generated documents, under the names that the generator gives them.
extension FactsSettings: ConfigurationSection {
    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("minimumPeople", into: &minimumPeople, in: 0...10_000)
        try reader.read("maximumPeople", into: &maximumPeople, in: 0...10_000)
        try reader.read("minimumPlaces", into: &minimumPlaces, in: 0...10_000)
        try reader.read("maximumPlaces", into: &maximumPlaces, in: 0...10_000)
        try reader.read("minimumThings", into: &minimumThings, in: 0...10_000)
        try reader.read("maximumThings", into: &maximumThings, in: 0...10_000)
        try reader.read("attributesInUse", into: &attributesInUse, in: 0...10_000)
        try reader.read("factsPerEntity", into: &factsPerEntity, in: 0...10_000)
        try reader.read("sharesAttributes", into: &sharesAttributes)
        try reader.read("statementPhrasings", into: &statementPhrasings, in: 0...10_000)
        try reader.read("questionPhrasings", into: &questionPhrasings, in: 0...10_000)
        try reader.read("minimumDistractors", into: &minimumDistractors, in: 0...10_000)
        try reader.read("maximumDistractors", into: &maximumDistractors, in: 0...10_000)
        try reader.read("newNames", into: &newNames, in: 0...1)
        try reader.read("sentencesPerSegment", into: &sentencesPerSegment, in: 0...10_000)
        try reader.read("questionsPerDocument", into: &questionsPerDocument, in: 0...10_000)
    }

    func validate(_ reader: SectionReader) throws {
        do {
            try validate()
        } catch let error as FactsSettingsError {
            throw reader.refusal(error.key, error.problem)
        }
    }
}
