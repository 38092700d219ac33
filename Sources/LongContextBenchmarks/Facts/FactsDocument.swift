/// A document that states facts, with questions about them.
public struct FactsDocument: Sendable, Equatable {
    /// The sentences, gathered into paragraphs of three to six; fewer only where the whole document has fewer.
    public let paragraphs: [[String]]
    public let questions: [FactQuestion]

    /// Every sentence in the order of the document.
    public var sentences: [String] { paragraphs.flatMap(\.self) }

    /// The document as it would be written: paragraphs with a blank line between them.
    public var text: String {
        paragraphs.map { $0.joined(separator: " ") }.joined(separator: "\n\n")
    }
}

/// A question that one sentence of a document answers.
public struct FactQuestion: Sendable, Equatable {
    public let question: String
    public let answer: String
    /// The index of the sentence that states the answer, in ``FactsDocument/sentences``.
    public let supportingSentence: Int
}
