import LanguageModel
import Tokenization

/// How documents, questions and answers become token sequences: the same in meta-training and in serving.
public struct TextFormat: Codable, Equatable, Sendable {
    /// How many consecutive sentences make a segment.
    public var sentencesPerSegment: Int
    /// The most tokens in a segment, its beginning and end included; a longer one is cut.
    public var maximumSegmentTokens: Int
    /// The prompt of a question, with `{question}` where the question goes.
    public var prompt: String

    /// The fewest tokens that the longest segment may have: its beginning, one of the document, and its end.
    public static let shortestSegment = 3
    /// `{question}` in `prompt`.
    public static let placeholder = "{question}"

    public init(
        sentencesPerSegment: Int = 1, maximumSegmentTokens: Int = 64, prompt: String = "{question} Answer:"
    ) {
        self.sentencesPerSegment = sentencesPerSegment
        self.maximumSegmentTokens = maximumSegmentTokens
        self.prompt = prompt
    }

    /// The default format, with segments that a model's context holds.
    public init(fitting configuration: ModelConfiguration) {
        self.init()
        maximumSegmentTokens = min(maximumSegmentTokens, configuration.maximumPositions)
    }

    enum CodingKeys: String, CodingKey {
        case sentencesPerSegment = "sentences_per_segment"
        case maximumSegmentTokens = "maximum_segment_tokens"
        case prompt
    }

    /// The segments of a plain text, each a sequence of its own whose tokens are all targets.
    ///
    /// - Throws: `TokenizationError`.
    public func segments(of text: String, tokenizer: any Tokenizer) throws -> [TokenSequence] {
        try segments(ofSentences: SentenceSplitter().sentences(of: text), tokenizer: tokenizer)
    }

    /// The segments of a text whose sentences are known.
    ///
    /// - Throws: `TokenizationError`.
    public func segments(ofSentences sentences: [String], tokenizer: any Tokenizer) throws -> [TokenSequence] {
        try stride(from: 0, to: sentences.count, by: sentencesPerSegment).flatMap { start in
            let part = sentences[start..<min(start + sentencesPerSegment, sentences.count)]
            return try cut(tokenizer.encode(part.joined(separator: " "))).map { tokens in
                TokenSequence(tokens: [tokenizer.beginning] + tokens + [tokenizer.end])
            }
        }
    }

    private func cut(_ tokens: [Int]) -> [ArraySlice<Int>] {
        let length = max(1, maximumSegmentTokens - 2)
        return stride(from: 0, to: tokens.count, by: length).map { tokens[$0..<min($0 + length, tokens.count)] }
    }

    /// The tokens after which the model answers.
    ///
    /// - Throws: `TokenizationError`.
    public func prompt(for question: String, tokenizer: any Tokenizer) throws -> [Int] {
        let text = prompt.replacing(
            Self.placeholder, with: question.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        return try [tokenizer.beginning] + tokenizer.encode(text)
    }

    /// A question and its answer, the answer and its end being the targets.
    ///
    /// - Throws: `TokenizationError`.
    public func sequence(question: String, answer: String, tokenizer: any Tokenizer) throws -> TokenSequence {
        let prompt = try prompt(for: question, tokenizer: tokenizer)
        return try TokenSequence(
            tokens: prompt + tokenizer.encode(continuation: answer) + [tokenizer.end], firstTarget: prompt.count)
    }
}
