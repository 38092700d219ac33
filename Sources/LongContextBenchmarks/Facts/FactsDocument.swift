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

    /// The sentences joined in groups of `sentencesPerSegment` (1 or more); the last may be smaller.
    public func segments(sentencesPerSegment: Int) -> [String] {
        precondition(sentencesPerSegment > 0, "a segment holds at least one sentence")
        let sentences = sentences
        return stride(from: 0, to: sentences.count, by: sentencesPerSegment).map { start in
            sentences[start..<min(start + sentencesPerSegment, sentences.count)].joined(separator: " ")
        }
    }
}

/// A question that one sentence of a document answers.
public struct FactQuestion: Sendable, Equatable {
    public let question: String
    public let answer: String
    /// The index of the sentence that states the answer, in ``FactsDocument/sentences``.
    public let supportingSentence: Int
}
