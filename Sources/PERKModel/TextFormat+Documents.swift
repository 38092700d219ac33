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
    /// The most tokens in a segment where nothing else is stated and the model reads so many.
    private static let customarySegment = 64

    /// The most tokens in a segment.
    var segmentLimit: Int { maximumSegmentTokens ?? Self.customarySegment }

    /// The same format, which states the most tokens in a segment: no more than a model's context holds, if it did not.
    public func fitted(to configuration: ModelConfiguration) -> TextFormat {
        var format = self
        format.maximumSegmentTokens = maximumSegmentTokens ?? min(segmentLimit, configuration.maximumPositions)
        return format
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
                    TokenSequence(tokens: [tokenizer.bos] + body + [tokenizer.eos])
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
                tokens: [tokenizer.bos] + prefix + body + [tokenizer.eos], firstTarget: 1 + prefix.count)
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
        let length = segmentLimit - 2 - prefixTokens
        guard length >= 1 else {
            throw SegmentPrefixTooLong(prefixTokens: prefixTokens, maximumSegmentTokens: segmentLimit)
        }
        return stride(from: 0, to: tokens.count, by: length).map { tokens[$0..<min($0 + length, tokens.count)] }
    }
}

extension String {
    /// The text without the mark that some programs put in front of UTF-8 (U+FEFF), which is no part of it.
    package var withoutByteOrderMark: Substring {
        unicodeScalars.first == "\u{FEFF}" ? self[unicodeScalars.index(after: startIndex)...] : self[...]
    }
}

/// Divides plain text into sentences.
///
/// A line break ends a sentence, since lists and headings have no full stop, unless the text is wrapped: a line that
/// does not end a sentence goes on in the next one if that begins with a small letter.
struct SentenceSplitter {
    private static let enders: Set<Character> = [".", "!", "?", "…"]
    private static let closers: Set<Character> = ["\"", "'", "”", "’", ")", "]", "»"]
    /// Words whose full stop is part of the word.
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "mt", "vs", "e.g", "i.e", "approx",
    ]

    /// The sentences of `text`, trimmed, with inner white space as single spaces; none is empty.
    func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var words: [Substring] = []
        func finish() {
            if !words.isEmpty { sentences.append(words.joined(separator: " ")) }
            words = []
        }
        let lines = text.withoutByteOrderMark.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for line in lines {
            let pieces = line.split(whereSeparator: \.isWhitespace)
            if pieces.first?.first?.isLowercase != true { finish() }
            for piece in pieces {
                words.append(piece)
                if endsSentence(piece) { finish() }
            }
        }
        finish()
        return sentences
    }

    private func endsSentence(_ word: Substring) -> Bool {
        var stem = word
        while let last = stem.last, Self.closers.contains(last) { stem.removeLast() }
        guard let ender = stem.popLast(), Self.enders.contains(ender) else { return false }
        if ender != "." { return true }
        // "J." or "J.R.R." in a name, "U.S.", "Dr.", "e.g."
        let letters = stem.split(separator: ".")
        let isInitials = !letters.isEmpty && letters.allSatisfy { $0.count == 1 && $0.first?.isUppercase == true }
        return !isInitials && !Self.abbreviations.contains(stem.lowercased())
    }
}
