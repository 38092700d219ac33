import Foundation
import LanguageModel
import Tokenization

extension TextFormat {
    /// The tokens after which the model answers.
    ///
    /// - Parameter segments: the number of segments of the document that is asked about.
    /// - Throws: `TokenizationError`.
    public func prompt(for question: String, segments: Int, tokenizer: any Tokenizer) throws -> [Int] {
        // The question last, for it may hold anything.
        let text = prompt.replacing(Self.segmentsPlaceholder, with: String(segments)).replacing(
            Self.placeholder, with: question.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        return try [tokenizer.beginning] + tokenizer.encode(text)
    }

    /// A question and its answer, the answer and its end being the targets.
    ///
    /// - Parameters:
    ///   - support: the facts that the answer follows from, which stand before it where the format includes them.
    ///   - segments: the number of segments of the document that is asked about.
    /// - Throws: `TokenizationError`.
    public func sequence(
        question: String, answer: String, support: [String] = [], segments: Int, tokenizer: any Tokenizer
    ) throws -> TokenSequence {
        let prompt = try prompt(for: question, segments: segments, tokenizer: tokenizer)
        let target = target(answer: answer, support: support)
        return try TokenSequence(
            tokens: prompt + tokenizer.encode(continuation: target) + [tokenizer.end], firstTarget: prompt.count)
    }

    /// What the model is to write: `<support>…</support>`, a line break and `<output>…</output>` where supporting facts are
    /// included and known (paper, section 3), the answer alone otherwise.
    private func target(answer: String, support: [String]) -> String {
        guard includesSupport, !support.isEmpty else { return answer }
        return "<support>\(support.joined(separator: " "))</support>\n<output>\(answer)</output>"
    }

    /// The answer in what the model wrote, and the support before it if there is any. Text that was cut off before a tag's
    /// end counts up to there.
    func answer(in text: String) -> (answer: String, support: String?) {
        func content(_ tag: String) -> Substring? {
            guard let start = text.firstRange(of: "<\(tag)>") else { return nil }
            let rest = text[start.upperBound...]
            return rest.firstRange(of: "</\(tag)>").map { rest[..<$0.lowerBound] } ?? rest
        }
        func trimmed(_ part: some StringProtocol) -> String { part.trimmingCharacters(in: .whitespacesAndNewlines) }
        guard includesSupport, let output = content("output") else { return (trimmed(text), nil) }
        return (trimmed(output), content("support").map(trimmed))
    }
}
