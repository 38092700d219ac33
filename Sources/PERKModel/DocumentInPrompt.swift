import LanguageModel
import Tensors
import Tokenization

/// A model that was trained to find a document in its prompt cannot learn one.
public struct ModelReadsInPrompt: Error, Equatable, CustomStringConvertible {
    public let model: String

    package init(model: String) { self.model = model }

    public var description: String {
        "\(model) was trained with method: in-context, to find the document in its prompt: give a model that was "
            + "meta-trained to learn documents, and compare this one with it in an evaluation"
    }
}

extension AnsweringModel {
    /// Whether a document in a prompt shows where its segments end. Base training here shows documents so; a pretrained base
    /// model, kept as it was, never saw that.
    public var endsSegmentsInPrompt: Bool { isMetaTrained && !hasQuantizedWeights }
}

extension TextFormat {
    /// The tokens of texts as they stand in a prompt, before the question.
    ///
    /// - Parameter endingSegments: whether they stand there segment by segment, each with its end.
    /// - Throws: `TokenizationError`, `SegmentPrefixTooLong`.
    public func promptTokens(
        of texts: [String], endingSegments: Bool, tokenizer: any Tokenizer
    ) throws -> [Int] {
        guard endingSegments else {
            return try tokenizer.encode(texts.map(\.withoutByteOrderMark).joined(separator: "\n") + "\n")
        }
        return try texts.flatMap { text in
            try segments(of: text, tokenizer: tokenizer).flatMap { $0.tokens.dropFirst() }
        }
    }

    /// A question and its answer after the document, the answer and its end being the targets.
    ///
    /// - Parameters:
    ///   - document: the document's tokens, without a beginning.
    ///   - limit: the most tokens of the sequence; a document that does not fit is cut in the middle.
    /// - Returns: the sequence, and whether the document was cut.
    /// - Throws: `TokenizationError`.
    public func sequence(
        question: String, answer: String, after document: [Int], limit: Int, tokenizer: any Tokenizer
    ) throws -> (sequence: TokenSequence, isCut: Bool) {
        let alone = try sequence(question: question, answer: answer, segments: 0, tokenizer: tokenizer)
        let context = document.truncatedInMiddle(toFit: max(0, limit - alone.tokens.count))
        let tokens = alone.tokens.prefix(1) + context + alone.tokens.dropFirst()
        return (
            TokenSequence(tokens: Array(tokens), firstTarget: context.count + alone.firstTarget),
            context.count < document.count
        )
    }
}

extension [Int] {
    /// The tokens, cut in the middle where they are more than `room`: the beginning and the end stay, as in LongBench
    /// (Bai et al. 2023), since instructions and questions stand there.
    ///
    /// The beginning is half of the room; of an odd room the end has one more. No room leaves nothing.
    public func truncatedInMiddle(toFit room: Int) -> [Int] {
        precondition(room >= 0, "room for tokens is not negative")
        return count <= room ? self : prefix(room / 2) + suffix(room - room / 2)
    }
}

/// The keys and values of the prompt that was read last, as servers keep them: the next prompt is read only from where
/// it differs.
///
/// Answers are to the last bit what they are without: what is kept ends at a multiple of attention's blocks, and what
/// is read anew is long enough to be multiplied as a whole prompt is.
public final class PromptCache {
    private let configuration: ModelConfiguration
    let known: KeyValueCache<Float>
    private var tokens: [Int] = []

    public init(for configuration: ModelConfiguration) {
        self.configuration = configuration
        known = KeyValueCache(for: configuration)
    }

    /// Takes what is kept back to what it shares with `prompt`, so that the rest can be read.
    func prepare(for prompt: [Int]) {
        let shared = zip(tokens, prompt).prefix { $0 == $1 }.count
        known.truncate(to: Self.usableLength(min(shared, prompt.count - AnsweringMatrix.mostDotRows - 1)))
    }

    /// Forgets what was generated after `prompt`.
    func keep(_ prompt: [Int]) {
        known.truncate(to: min(known.length, prompt.count))
        tokens = Array(prompt.prefix(known.length))
    }

    /// How much of a beginning of so many tokens can be kept.
    static func usableLength(_ count: Int) -> Int {
        count > 0 ? count / CachedAttention.blockLength * CachedAttention.blockLength : 0
    }

    /// The bytes that the keys and values of so many tokens take.
    public static func bytes(of tokens: Int, for configuration: ModelConfiguration) -> Int {
        KeyValueCache<Float>.bytes(of: tokens, for: configuration)
    }
}
