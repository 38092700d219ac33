import BenchmarkData
import PERKModel

/// Documents that stand in for those of a cell and are not evaluated: worked examples come from them, and the form of the
/// prompts is chosen on them.
struct OtherDocuments {
    let documents: [QADocument]
    /// One of each document; where the cell has no others, of the first that are evaluated.
    private let examples: [WorkedExample]

    /// - Parameters:
    ///   - examples: where they are taken from instead of the cell's own source.
    ///   - count: the most documents to choose on.
    ///   - shots: how many worked examples a prompt has.
    /// - Throws: what drawing documents throws; `TokenizationError`.
    init(
        cell: EvaluationCell, examples: (any DocumentSource)?, count: Int, shots: Int, seed: UInt64,
        model: AnsweringModel
    ) throws {
        let others =
            try examples?.otherDocuments(than: 0, seed: seed)
            ?? cell.source.otherDocuments(than: cell.documents, seed: seed)
        documents = try others.prefix(count + shots)
        var sources = documents.prefix(shots + 1)
        if sources.isEmpty, shots > 0 {
            sources = try cell.source.documents().prefix(min(shots + 1, cell.documents))[...]
        }
        self.examples = try sources.enumerated().map { try WorkedExample($1, number: $0, model: model) }
    }

    /// Worked examples for a document, none of them about itself.
    func examples(for document: QADocument, count: Int) -> [WorkedExample] {
        Array(examples.filter { $0.source != document.text }.prefix(count))
    }
}

/// A question about another document with its answer, which stands before what is asked.
struct WorkedExample {
    /// The whole document that it is about.
    let source: String
    /// At most `documentTokens` of it: the parts that share most words with the question.
    let document: String
    let question, answer: String

    /// The most tokens of a worked example's document.
    static let documentTokens = 256

    /// - Parameter number: which of the document's questions is taken, in turn.
    /// - Throws: `TokenizationError`.
    init(_ document: QADocument, number: Int, model: AnsweringModel) throws {
        let asked = document.questions[number % document.questions.count]
        (source, question, answer) = (document.text, asked.question, asked.target)
        self.document = try Self.excerpt(of: document.text, for: asked.question, model: model)
    }

    private static func excerpt(of text: String, for question: String, model: AnsweringModel) throws -> String {
        guard try model.tokenizer.encode(text).count > documentTokens else { return text }
        let parts = model.format.parts(of: text)
        var remaining = documentTokens
        var kept: [Int] = []
        for part in BM25(segments: parts).top(parts.count, for: question) {
            let count = try model.tokenizer.encode(parts[part]).count + 1
            guard count <= remaining else { continue }
            remaining -= count
            kept.append(part)
        }
        return kept.sorted().map { parts[$0] }.joined(separator: " ")
    }
}
