import BenchmarkData
import PERKModel
import Tokenization

/// A question about another document with its answer, which stands before what is asked.
struct WorkedExample {
    /// The whole document that it is about.
    let source: String
    /// At most `documentTokens` of it: the parts that share most words with the question.
    let document: String
    let question, answer: String

    /// The most tokens of a worked example's document.
    static let documentTokens = 256

    /// - Parameter number: which of the row's questions is taken, in turn.
    /// - Throws: `TokenizationError`.
    init(_ row: BenchmarkRow, number: Int, model: AnsweringModel) throws {
        let asked = row.questions[number % row.questions.count]
        (source, question, answer) = (row.text, asked.question, asked.target)
        document = try Self.excerpt(of: row.text, for: asked.question, model: model)
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
