import Foundation
import LanguageModel
import Tensors
import Tokenization

/// How a plain model went on after a prompt.
public struct Continuation: Sendable {
    /// The tokens of the prompt.
    public let prompt: [Int]
    public let generation: Generation
    public let text: String
}

extension BaseModel {
    /// Continues `prompt`, in which special tokens count as such, with the model alone or with an
    /// adapter.
    ///
    /// - Parameters:
    ///   - threads: the number of threads that compute it. Does not change it.
    ///   - onToken: called with each new token.
    /// - Throws: `QuestionAnsweringError.questionTooLong` for a prompt that fills the model's context, `TokenizationError`,
    ///   `GenerationDiverged`, or whatever `onToken` throws.
    public func continuation(
        of prompt: String, adapter: Adapter<Tensor<Float>>? = nil, sampling: SamplingOptions,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, onToken: (Int) throws -> Void = { _ in }
    ) throws -> Continuation {
        let tokens = try tokenizer.prompt(prompt)
        let limit = configuration.maximumPositions
        guard tokens.count < limit else {
            throw QuestionAnsweringError.questionTooLong(tokens: tokens.count, limit: limit - 1)
        }
        let model = Transformer<Tensor<Float>>(configuration: configuration, answeringWith: weights)
        let generation = try ThreadBudget.with(threads) {
            try model.generate(
                after: tokens, adapter: adapter, sampling: sampling.rule, vocabulary: tokenizer.vocabularySize,
                endTokens: tokenizer.ends.union(configuration.eosTokens),
                limit: min(sampling.maxTokens, limit - tokens.count), onToken: onToken)
        }
        return Continuation(
            prompt: tokens, generation: generation,
            text: try tokenizer.decode(generation.tokens, showingSpecialTokens: true))
    }
}

extension Tokenizer {
    /// The ids of a text that a plain model continues: special tokens count as such, and the beginning token stands in front
    /// where the model expects it, or there is nothing else.
    ///
    /// - Throws: `TokenizationError`.
    public func prompt(_ text: String) throws -> [Int] {
        let tokens = try encode(text, parsingSpecialTokens: true)
        return addsBOS || tokens.isEmpty ? [bos] + tokens : tokens
    }
}

extension SamplingOptions {
    /// The same choice in the language model's terms.
    var rule: Sampling { Sampling(temperature: temperature, topP: topP, seed: seed) }
}

/// The text of a continuation while its tokens come.
///
/// A token may end within a character, and a piece of text may look otherwise at the start of a text than within it; so
/// the text so far is decoded as a whole, and what is certain and new is handed out.
public struct TextStream: Sendable {
    private let tokenizer: any Tokenizer
    private var tokens: [Int] = []
    private var growing = GrowingText()

    public init(tokenizer: any Tokenizer) { self.tokenizer = tokenizer }

    /// Takes a token; returns the text that it completes, which may be empty.
    ///
    /// - Throws: `TokenizationError`.
    public mutating func append(_ token: Int) throws -> String {
        tokens.append(token)
        let text = try decoded()
        return text.unicodeScalars.last == "\u{FFFD}" ? "" : growing.new(in: text)
    }

    /// What is left at the end.
    ///
    /// - Throws: `TokenizationError`.
    public mutating func rest() throws -> String { growing.new(in: try decoded()) }

    private func decoded() throws -> String { try tokenizer.decode(tokens, showingSpecialTokens: true) }
}

/// How much of a growing text has been handed out. Counted in scalars: the next token may join the last character.
struct GrowingText {
    private var handedOut = 0

    /// What has not been handed out of the text so far, which is now.
    mutating func new(in text: String) -> String {
        let scalars = Substring(text).unicodeScalars
        defer { handedOut = max(handedOut, scalars.count) }
        return String(scalars.dropFirst(handedOut))
    }
}
