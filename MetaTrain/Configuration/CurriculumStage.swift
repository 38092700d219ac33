import LongContextBenchmarks

/// One stage of the curriculum: the documents it trains on, and when the next one begins.
struct CurriculumStage: ConfigurationSection {
    /// What the stage is called in reports.
    var name = "facts"
    /// The documents and questions that are drawn.
    var documents = FactsSettings()
    /// Inner steps in this stage; `inner.steps` where absent.
    var innerSteps: Int?
    /// The outer rate in this stage; `meta.rate` where absent.
    var rate: Double?
    /// When the stage has done its work; absent: it runs for `maximumSteps`.
    var until: StageGoal?
    /// The stage ends after so many steps in any case.
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

/// A held-out accuracy to be reached.
struct StageGoal: ConfigurationSection {
    /// The share of questions answered exactly, from 0 to 1.
    var accuracy = 0.9
    /// The number of people in the documents that it is measured on.
    var people = 4

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("accuracy", into: &accuracy, in: 0...1)
        try reader.read("people", into: &people, in: 1...4096)
    }
}

extension FactsSettings: ConfigurationSection {
    mutating func read(from reader: inout SectionReader) throws {
        let counts = 0...10_000
        try reader.read("minimumPeople", into: &minimumPeople, in: counts)
        try reader.read("maximumPeople", into: &maximumPeople, in: counts)
        try reader.read("minimumPlaces", into: &minimumPlaces, in: counts)
        try reader.read("maximumPlaces", into: &maximumPlaces, in: counts)
        try reader.read("minimumThings", into: &minimumThings, in: counts)
        try reader.read("maximumThings", into: &maximumThings, in: counts)
        try reader.read("attributesInUse", into: &attributesInUse, in: counts)
        try reader.read("factsPerEntity", into: &factsPerEntity, in: counts)
        try reader.read("sharesAttributes", into: &sharesAttributes)
        try reader.read("statementPhrasings", into: &statementPhrasings, in: counts)
        try reader.read("questionPhrasings", into: &questionPhrasings, in: counts)
        try reader.read("minimumDistractors", into: &minimumDistractors, in: counts)
        try reader.read("maximumDistractors", into: &maximumDistractors, in: counts)
        try reader.read("newNames", into: &newNames, in: 0...1)
        try reader.read("sentencesPerSegment", into: &sentencesPerSegment, in: counts)
        try reader.read("questionsPerDocument", into: &questionsPerDocument, in: counts)
    }

    func validate(_ reader: SectionReader) throws {
        do { try validate() } catch let error as FactsSettingsError { throw reader.refusal(error.key, error.problem) }
    }
}
