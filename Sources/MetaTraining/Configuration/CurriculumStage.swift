import BenchmarkData
import StrictConfiguration

/// An element of `curriculum`: what the documents of one stage hold, and when the stage is over.
struct CurriculumStage: ConfigurationSection {
    var name = "facts"
    var documents = FactsSettings()
    var growth: StageGrowth?
    var mixture: [MixturePart] = []
    var sentencesPerSegment: Int?
    var innerSteps: Int?
    var rate: Double?
    var until: StageGoal?
    var maximumSteps = 2000

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("name", into: &name, "What logs and checkpoints call the stage")
        try reader.readSection("documents", into: &documents, "How large and how hard the documents are")
        try reader.readSection(
            "growth", into: &growth, defaults: StageGrowth(documents: documents),
            "How documents grow within the stage; without it they stay as they are")
        try reader.readSections(
            "mixture", into: &mixture,
            "Where the stage's documents come from; an empty list stands for generated documents alone")
        try reader.read(
            "sentencesPerSegment", into: &sentencesPerSegment, in: 1...65_536,
            "How many consecutive sentences make a segment; null for text.sentencesPerSegment. The finished model cuts "
                + "documents as the last stage does")
        try reader.read(
            "innerSteps", into: &innerSteps, in: 1...1024, "The number of inner steps; null for inner.steps")
        try reader.read("rate", into: &rate, in: 1e-9...1, "The outer learning rate; null for meta.rate")
        try reader.readSection(
            "until", into: &until,
            "What must be reached before the next stage; without it, the stage goes on to maximumSteps")
        try reader.read(
            "maximumSteps", into: &maximumSteps, in: 1...10_000_000,
            "The number of meta-steps after which the stage is over in any case")
    }

    func validate(_ reader: SectionReader) throws {
        guard growth?.documents.world ?? documents.world == documents.world else {
            throw reader.refusal(
                "growth.documents.world", "documents do not grow from one world into another; use a stage for each")
        }
    }

    /// Where its documents come from.
    var parts: [MixturePart] { mixture.isEmpty ? [MixturePart()] : mixture }

    /// How large and how hard the documents are after so many steps in the stage.
    func documents(afterSteps step: Int) -> FactsSettings {
        guard let growth else { return documents }
        return documents.interpolated(to: growth.documents, share: Double(step) / Double(growth.steps))
    }
}

/// `growth`: what the documents of a stage become, number by number, in even steps from `documents` on.
struct StageGrowth: ConfigurationSection {
    var steps = 1000
    var documents = FactsSettings()

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "steps", into: &steps, in: 1...10_000_000,
            "The number of meta-steps, from the beginning of the stage, after which the documents are grown")
        try reader.readSection(
            "documents", into: &documents, "How large and how hard they are then; what is not stated stays as it was")
    }
}

/// `until`: the accuracy that ends a stage.
struct StageGoal: ConfigurationSection {
    /// The number of people where neither a number nor a set is stated.
    private static let usualPeople = 4

    var accuracy = 0.9
    var people: Int?
    var set: String?

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("accuracy", into: &accuracy, in: 0...1, "The share of held-out questions answered exactly")
        try reader.read(
            "people", into: &people, in: 1...4096,
            "The number of people in the stage's own held-out documents, which are asked about where set is null; null "
                + "for \(Self.usualPeople)")
        try reader.read(
            "set", into: &set,
            "The set of evaluation that is asked about, by the name that logs and metrics give it, such as 'qa1, 512 "
                + "tokens', a file's name or '8 people'")
    }

    func validate(_ reader: SectionReader) throws {
        guard self.set == nil || people == nil else {
            throw reader.refusal("people", "the goal asks about the set that it names; remove this key or set")
        }
    }

    /// The name of the set whose accuracy is compared.
    var setName: String { self.set ?? EvaluationSection.label(people: people ?? Self.usualPeople).name }

    /// The number of people whose documents are to be measured, whatever else is; nil where `evaluation` has the set.
    var measuredPeople: Int? { self.set == nil ? people ?? Self.usualPeople : nil }
}

/// `documents`: the settings of generated documents, under the names that the generator gives them.
extension FactsSettings: ConfigurationSection {
    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "world", into: &world,
            "Where names and values come from. The wide world has thousands, a tenth of which evaluation alone has; "
                + "firms, paragraphs, compounds, changes and reversedQuestions are its own")
        try reader.read(
            "minimumPeople", into: &minimumPeople, in: 0...10_000, "The fewest people that a document speaks of")
        try reader.read(
            "maximumPeople", into: &maximumPeople, in: 0...10_000,
            "The most people; those beyond the listed names get made-up ones")
        try reader.read("minimumPlaces", into: &minimumPlaces, in: 0...10_000, "The fewest towns")
        try reader.read("maximumPlaces", into: &maximumPlaces, in: 0...10_000, "The most towns")
        try reader.read("minimumThings", into: &minimumThings, in: 0...10_000, "The fewest things")
        try reader.read("maximumThings", into: &maximumThings, in: 0...10_000, "The most things")
        try reader.read("minimumFirms", into: &minimumFirms, in: 0...10_000, "The fewest firms")
        try reader.read("maximumFirms", into: &maximumFirms, in: 0...10_000, "The most firms")
        try reader.read(
            "attributesInUse", into: &attributesInUse, in: 0...10_000,
            "The first so many attributes of each kind are in use; a kind that has fewer uses all")
        try reader.read(
            "factsPerEntity", into: &factsPerEntity, in: 0...10_000,
            "How many of the attributes in use are stated of each person, town or thing")
        try reader.read(
            "sharesAttributes", into: &sharesAttributes,
            "Whether all of a kind in a document have the same attributes stated")
        try reader.read(
            "statementPhrasings", into: &statementPhrasings, in: 0...10_000,
            "The first so many phrasings of each statement are in use")
        try reader.read(
            "questionPhrasings", into: &questionPhrasings, in: 0...10_000,
            "The first so many phrasings of each question are in use")
        try reader.read(
            "minimumDistractors", into: &minimumDistractors, in: 0...10_000,
            "The fewest sentences that answer no question")
        try reader.read(
            "maximumDistractors", into: &maximumDistractors, in: 0...10_000,
            "The most sentences that answer no question")
        try reader.read(
            "newNames", into: &newNames, in: 0...1,
            "The share of people who get a made-up name instead of a listed one")
        try reader.read(
            "paragraphs", into: &paragraphs, in: 0...1,
            "The share of documents told in paragraphs about one to three people, towns, firms or things each, with "
                + "first names and pronouns; text.sentencesPerSegment then has to be above 1, so that a pronoun is "
                + "learned beside its name")
        try reader.read(
            "compounds", into: &compounds, in: 0...1,
            "The share of sentences that have a second clause: another fact, or something that no question asks for")
        try reader.read(
            "changes", into: &changes, in: 0...1,
            "The share of facts, of those that can change, that are told as they were and as they have become; the "
                + "latest counts")
        try reader.read(
            "reversedQuestions", into: &reversedQuestions, in: 0...1,
            "The share of questions that give a value and ask whose it is")
        try reader.read(
            "unanswerable", into: &unanswerable, in: 0...1,
            "The share of questions that the document does not answer; the answer is \(DocumentQuestion.unknown)")
        try reader.read(
            "questionsPerDocument", into: &questionsPerDocument, in: 0...10_000,
            "How many questions each document comes with")
    }

    package func validate(_ reader: SectionReader) throws {
        do {
            try validate()
        } catch let error as FactsSettingsError {
            throw reader.refusal(error.key, error.problem)
        }
    }
}
