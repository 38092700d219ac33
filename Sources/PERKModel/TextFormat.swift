import Foundation
import LanguageModel
import StrictConfiguration
import Tokenization

/// `text`: how documents, questions and answers become token sequences: the same in meta-training and in serving.
public struct TextFormat: Equatable, Sendable {
    /// How many consecutive sentences make a segment.
    public var sentencesPerSegment: Int
    /// The most tokens in a segment, its beginning, its prefix and its end included; a longer one is cut. `nil` for 64, or
    /// what the model reads if that is less.
    public var maximumSegmentTokens: Int?
    /// What each segment begins with, such as `doc_{i}:`, with its number in the document, from 1, for `{i}`. It carries no
    /// loss. `nil` for nothing.
    public var segmentPrefix: String?
    /// The prompt of a question, with the question for `{question}` and the number of the document's segments for
    /// `{segments}`.
    public var prompt: String
    /// Whether the supporting facts, where they are known, are written before the answer.
    public var includesSupport: Bool

    /// The fewest tokens that the longest segment may have: its beginning, one of the document, and its end.
    public static let shortestSegment = 3
    /// `{question}` in `prompt`.
    public static let placeholder = "{question}"
    /// `{segments}` in `prompt`.
    public static let segmentsPlaceholder = "{segments}"
    /// `{i}` in `segmentPrefix`.
    public static let numberPlaceholder = "{i}"

    public init(
        sentencesPerSegment: Int = 1, maximumSegmentTokens: Int? = nil, segmentPrefix: String? = nil,
        prompt: String = "{question} Answer:", includesSupport: Bool = false
    ) {
        self.sentencesPerSegment = sentencesPerSegment
        self.maximumSegmentTokens = maximumSegmentTokens
        self.segmentPrefix = segmentPrefix
        self.prompt = prompt
        self.includesSupport = includesSupport
    }
}

extension TextFormat: ConfigurationSection {
    package init() { self.init(segmentPrefix: nil) }

    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "sentencesPerSegment", into: &sentencesPerSegment, in: 1...65_536,
            "How many consecutive sentences make a segment, which is read as a sequence of its own")
        try reader.read(
            "maximumSegmentTokens", into: &maximumSegmentTokens, in: Self.shortestSegment...1_048_576,
            "The most tokens in a segment, its beginning and end included; a longer one is cut; null for 64, or what the "
                + "model reads if that is less")
        try reader.read(
            "segmentPrefix", into: &segmentPrefix,
            "What each segment begins with, without a loss, such as 'doc_{i}:', with \(Self.numberPlaceholder) where "
                + "its number goes; in training the numbers are shuffled")
        try reader.read(
            "prompt", into: &prompt,
            "The prompt of a question, with \(Self.placeholder) where the question goes and "
                + "\(Self.segmentsPlaceholder) where the number of the document's segments goes; the answer follows")
        try reader.read(
            "includesSupport", into: &includesSupport,
            "Whether the model is to write the supporting facts, where they are known, before the answer, as in "
                + "<support>…</support> <output>…</output>")
    }

    package func validate(_ reader: SectionReader) throws {
        guard prompt.contains(Self.placeholder) else {
            throw reader.refusal("prompt", "the question has no place in it; put \(Self.placeholder) where it goes")
        }
        guard segmentPrefix?.contains(Self.numberPlaceholder) ?? true else {
            throw reader.refusal(
                "segmentPrefix", "the number has no place in it; put \(Self.numberPlaceholder) where it goes")
        }
    }
}

extension TextFormat {
    /// The tokens after which the model answers.
    ///
    /// - Parameter segments: the number of segments of the document that is asked about.
    /// - Throws: `TokenizationError`.
    public func prompt(for question: String, segments: Int, tokenizer: any Tokenizer) throws -> [Int] {
        // The question last, for it may hold anything.
        let text = prompt.replacing(Self.segmentsPlaceholder, with: String(segments)).replacing(
            Self.placeholder,
            with: question.withoutByteOrderMark.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        return try [tokenizer.bos] + tokenizer.encode(text)
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
            tokens: prompt + tokenizer.encode(continuation: target) + [tokenizer.eos], firstTarget: prompt.count)
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
