import SeededRandom

/// Draws documents of the facts task, in an order that settings, seed and split determine.
///
/// An entity has one value of an attribute at a time, so every question has one answer. Entities may share a value: two
/// people may live in one city.
public struct FactsGenerator: DocumentGenerator {
    public var task: GeneratedTask { .facts }
    private var source: any FactsDocumentSource

    /// - Parameter world: what the documents speak of where the settings do not want the wide world.
    /// - Throws: `FactsSettingsError` where the world cannot give such documents.
    public init(
        settings: FactsSettings, seed: UInt64, split: DataSplit, world: FactsWorld = .embedded
    ) throws {
        try settings.validate(in: world)
        switch settings.world {
        case .small: source = ListedFactsGenerator(settings: settings, seed: seed, split: split, world: world)
        case .wide: source = WideFactsGenerator(settings: settings, seed: seed, split: split)
        }
    }

    /// The next document.
    public mutating func document() -> FactsDocument { source.document() }

    public mutating func row() -> QADocument { QADocument(document()) }
}

/// Draws documents of a world.
protocol FactsDocumentSource: Sendable {
    mutating func document() -> FactsDocument
}

extension QADocument {
    /// A document of the facts task as it is written, in its paragraphs.
    public init(_ document: FactsDocument) {
        let sentences = document.sentences
        self.init(
            context: .text(document.text),
            questions: document.questions.map {
                DocumentQuestion(
                    question: $0.question, answers: [$0.answer], support: $0.support.map { sentences[$0] },
                    group: $0.group)
            }, fields: DocumentFields(task: GeneratedTask.facts.rawValue))
        self.sentences = sentences
    }
}

/// A document that states facts, with questions about them.
public struct FactsDocument: Sendable, Equatable {
    /// The sentences, gathered into paragraphs of three to six; fewer only where the whole document has fewer.
    public let paragraphs: [[String]]
    public let questions: [FactQuestion]
    /// Whether the sentences of a paragraph refer to each other, so that nothing may come between them.
    var keepsParagraphsTogether = false

    /// Every sentence in the order of the document.
    public var sentences: [String] { paragraphs.flatMap(\.self) }

    /// The document as it would be written: paragraphs with a blank line between them.
    public var text: String {
        paragraphs.map { $0.joined(separator: " ") }.joined(separator: "\n\n")
    }

    /// The parts between which other text may stand: paragraphs that are kept together, otherwise sentences.
    var parts: [String] {
        keepsParagraphsTogether ? paragraphs.map { $0.joined(separator: " ") } : sentences
    }

    /// Cuts sentences into paragraphs of three to six, leaving no shorter rest.
    static func paragraphs(of sentences: [String], using random: inout RandomSource) -> [[String]] {
        var paragraphs: [[String]] = []
        var rest = sentences[...]
        while rest.count > 6 {
            let length = random.integer(in: 3...min(6, rest.count - 3))
            paragraphs.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        paragraphs.append(Array(rest))
        return paragraphs
    }
}

/// A question about a document.
public struct FactQuestion: Sendable, Equatable {
    public let question: String
    public let answer: String
    /// The indices of the sentences that the answer follows from, in ``FactsDocument/sentences``; none where the
    /// document does not answer.
    public let support: [Int]
    /// What sets the question apart; nil for nothing.
    public var group: QuestionGroup?

    /// A question that the document does not answer.
    static func unanswerable(_ question: String) -> FactQuestion {
        FactQuestion(question: question, answer: DocumentQuestion.unknown, support: [], group: .unanswerable)
    }
}
