import Tensors

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
        FactQuestion(question: question, answer: RowQuestion.unknown, support: [], group: .unanswerable)
    }
}
