import LanguageModel
import Tokenization

/// The prefix of a document's segments leaves no token for their text.
public struct SegmentPrefixTooLong: Error, Equatable, Sendable, CustomStringConvertible {
    public let prefixTokens: Int
    public let maximumSegmentTokens: Int

    public var description: String {
        "the prefix of a segment takes \(prefixTokens) tokens, and a segment at most \(maximumSegmentTokens), its beginning "
            + "and end among them: use a shorter prefix or longer segments"
    }
}

extension TextFormat {
    /// The default format, with segments that a model's context holds.
    public init(fitting configuration: ModelConfiguration) {
        self.init()
        maximumSegmentTokens = min(maximumSegmentTokens, configuration.maximumPositions)
    }

    /// 1, 2, 3 and so on, for so many segments.
    public static func numbersInOrder(_ count: Int) -> [Int] { Array(1...max(1, count)) }

    /// The segments of a plain text, each a sequence of its own whose tokens, but for its prefix, are all targets.
    ///
    /// - Parameter numbers: the numbers in the prefixes for so many segments; 1, 2, 3 and so on unless given.
    /// - Throws: `TokenizationError`, `SegmentPrefixTooLong`.
    public func segments(
        of text: String, tokenizer: any Tokenizer, numbers: (Int) -> [Int] = numbersInOrder
    ) throws -> [TokenSequence] {
        try segments(ofSentences: SentenceSplitter().sentences(of: text), tokenizer: tokenizer, numbers: numbers)
    }

    /// The segments of a text whose sentences are known.
    ///
    /// - Throws: `TokenizationError`, `SegmentPrefixTooLong`.
    public func segments(
        ofSentences sentences: [String], tokenizer: any Tokenizer,
        numbers: (Int) -> [Int] = numbersInOrder
    ) throws -> [TokenSequence] {
        guard let segmentPrefix else {
            return try parts(of: sentences).flatMap { part in
                try cut(tokenizer.encode(part), prefixTokens: 0).map { body in
                    TokenSequence(tokens: [tokenizer.beginning] + body + [tokenizer.end])
                }
            }
        }
        let parts = try parts(of: sentences).map { try tokenizer.encode($0) }
        func prefix(_ number: Int) throws -> [Int] {
            try tokenizer.encode(segmentPrefix.replacing(Self.numberPlaceholder, with: String(number)))
        }
        // There are no more segments than tokens, so no number has more digits than theirs.
        let longest = try prefix(parts.reduce(1) { $0 + $1.count }).count
        let bodies = try parts.flatMap { try cut($0, prefixTokens: longest) }
        return try zip(bodies, numbers(bodies.count)).map { body, number in
            let prefix = try prefix(number)
            return TokenSequence(
                tokens: [tokenizer.beginning] + prefix + body + [tokenizer.end], firstTarget: 1 + prefix.count)
        }
    }

    /// The texts of a document's segments, before those that are too long are cut.
    public func parts(of text: String) -> [String] { parts(of: SentenceSplitter().sentences(of: text)) }

    private func parts(of sentences: [String]) -> [String] {
        stride(from: 0, to: sentences.count, by: sentencesPerSegment).map { start in
            sentences[start..<min(start + sentencesPerSegment, sentences.count)].joined(separator: " ")
        }
    }

    private func cut(_ tokens: [Int], prefixTokens: Int) throws -> [ArraySlice<Int>] {
        let length = maximumSegmentTokens - 2 - prefixTokens
        guard length >= 1 else {
            throw SegmentPrefixTooLong(prefixTokens: prefixTokens, maximumSegmentTokens: maximumSegmentTokens)
        }
        return stride(from: 0, to: tokens.count, by: length).map { tokens[$0..<min($0 + length, tokens.count)] }
    }
}
