import SeededRandom

/// Plain text for training the vocabulary of a model that learns the facts task.
///
/// Its words are not as frequent as they would be in speech: each word of the world stands often enough to become one
/// piece, and made-up words supply the syllables that unseen words fall into.
public enum FactsCorpus {
    /// How often each name and value stands in a sentence, beside those of the documents.
    private static let sentenceRepetitions = 16
    /// How often each word stands alone on a line.
    private static let wordRepetitions = 60
    private static let madeUpPairs = 800

    /// The sentences and answered questions of `documents` documents that use all of `world`, followed by lines that
    /// cover every name, value and phrasing whatever the documents hold. Documents are drawn as the lines are read.
    ///
    /// - Throws: `FactsSettingsError` where `documents` is negative or `world` too small for its documents.
    public static func lines(
        documents: Int, seed: UInt64, world: FactsWorld = .embedded
    ) throws -> AnySequence<String> {
        try requireCount(documents)
        let generator = try FactsGenerator(settings: settings, seed: seed, split: .vocabulary, world: world)
        var random = RandomSource(seed: seed, stream: DataSplit.vocabulary.rawValue)
        let coverage = sentences(of: world, using: &random) + words(of: world, using: &random)
        return AnySequence([lines(of: documents, from: generator), AnySequence(coverage)].joined())
    }

    /// The sentences and answered questions of `documents` documents of the wide world, in all its forms, with the
    /// names and values of training. Documents are drawn as the lines are read.
    ///
    /// - Throws: `FactsSettingsError` where `documents` is negative.
    public static func wideLines(documents: Int, seed: UInt64) throws -> AnySequence<String> {
        try requireCount(documents)
        var settings = FactsSettings.everyForm
        (settings.maximumPlaces, settings.maximumThings, settings.maximumFirms) = (2, 2, 2)
        (settings.maximumDistractors, settings.unanswerable) = (4, 0.05)
        return lines(of: documents, from: try FactsGenerator(settings: settings, seed: seed, split: .vocabulary))
    }

    /// Documents of a task of about 128 tokens, each a line, or a line for each of its segments, and its answered
    /// questions. Words are those of training.
    ///
    /// - Throws: `FactsSettingsError` where `documents` is negative; `GeneratorError` where such documents cannot be
    ///   generated.
    public static func lines(
        of task: GeneratedTask, documents: Int, seed: UInt64, world: WorldSize
    ) throws -> [String] {
        try requireCount(documents)
        // A token is about four bytes long where a vocabulary suits its text.
        var settings = GeneratorSettings { $0.utf8.count / 4 + 1 }
        (settings.length, settings.seed, settings.split, settings.world) = (128, seed, .vocabulary, world)
        var generator = try task.generator(settings: settings)
        return try (0..<documents).flatMap { _ in
            let document = try generator.row()
            return (document.segments ?? [document.text])
                + document.questions.map { answered($0.question, $0.target) }
        }
    }

    private static func lines(of documents: Int, from generator: FactsGenerator) -> AnySequence<String> {
        AnySequence(
            sequence(state: generator) { $0.document() }.lazy.prefix(documents).flatMap { document in
                document.sentences + document.questions.map { answered($0.question, $0.answer) }
            })
    }

    private static func requireCount(_ documents: Int) throws {
        guard documents >= 0 else {
            throw FactsSettingsError(key: "documents", problem: "\(documents) is negative; give 0 or more")
        }
    }

    private static func answered(_ question: String, _ answer: String) -> String { "\(question) Answer: \(answer)" }

    private static var settings: FactsSettings {
        var settings = FactsSettings()
        (settings.minimumPeople, settings.maximumPeople) = (2, 5)
        (settings.minimumPlaces, settings.maximumPlaces) = (1, 2)
        (settings.minimumThings, settings.maximumThings) = (1, 2)
        (settings.minimumDistractors, settings.maximumDistractors) = (0, 4)
        settings.attributesInUse = FactsSettings.highestCount
        settings.statementPhrasings = FactsSettings.highestCount
        settings.questionPhrasings = FactsSettings.highestCount
        settings.newNames = 0.2
        return settings
    }

    /// Each entity with random facts, each value of random entities, in all phrasings by turns; and each distractor.
    private static func sentences(of world: FactsWorld, using random: inout RandomSource) -> [String] {
        var lines: [String] = []
        func addFact(_ entity: String, _ attribute: FactsWorld.Attribute, _ value: String, turn: Int) {
            let statement = attribute.statements[turn % attribute.statements.count]
            let question = attribute.questions[turn % attribute.questions.count]
            lines.append(statement.filled(entity: entity, value: value))
            lines.append(answered(question.filled(entity: entity), value))
        }
        for turn in 0..<sentenceRepetitions {
            for kind in world.kinds {
                for entity in kind.entities {
                    let attribute = random.choice(of: kind.attributes)
                    addFact(entity, attribute, random.choice(of: attribute.values), turn: turn)
                }
                for attribute in kind.attributes {
                    for value in attribute.values {
                        addFact(random.choice(of: kind.entities), attribute, value, turn: turn)
                    }
                }
            }
            for distractor in world.distractors.sentences {
                lines.append(world.sentence(from: distractor) { random.choice(of: $0) })
            }
        }
        return lines
    }

    /// Single words: those of the world, made-up ones with and without a capital, and the printable ASCII characters.
    private static func words(of world: FactsWorld, using random: inout RandomSource) -> [String] {
        let attributes = world.kinds.flatMap(\.attributes)
        let statements = attributes.flatMap(\.statements).map { $0.filled(entity: "") }
        let questions = attributes.flatMap(\.questions).map { answered($0.filled(entity: ""), "") }
        let texts = world.names + statements + questions + world.distractors.slots.values.flatMap(\.self)
        let words = Set(texts.flatMap { $0.split(whereSeparator: { !$0.isLetter }) }.map(String.init))
        var lines = words.sorted().flatMap { Array(repeating: $0, count: wordRepetitions) }
        for _ in 0..<madeUpPairs {
            lines.append("\(MadeUpName.drawn(using: &random)) \(MadeUpName.word(using: &random))")
        }
        return lines + (UInt8(ascii: "!")...UInt8(ascii: "~")).map { String(UnicodeScalar($0)) }
    }
}
