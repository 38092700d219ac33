import Foundation
import LanguageModel
import Tensors

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
        var tokens = try tokenizer.encode(prompt, parsingSpecialTokens: true)
        if tokenizer.addsBeginning || tokens.isEmpty { tokens.insert(tokenizer.beginning, at: 0) }
        let limit = configuration.maximumPositions
        guard tokens.count < limit else {
            throw QuestionAnsweringError.questionTooLong(tokens: tokens.count, limit: limit - 1)
        }
        let model = Transformer<Tensor<Float>>(configuration: configuration, answeringWith: weights)
        let generation = try ThreadBudget.with(threads) {
            try model.generate(
                after: tokens, adapter: adapter, sampling: sampling.rule, vocabulary: tokenizer.vocabularySize,
                endTokens: Set(configuration.endTokens + [tokenizer.end]),
                limit: min(sampling.maxTokens, limit - tokens.count), onToken: onToken)
        }
        return Continuation(
            prompt: tokens, generation: generation,
            text: try tokenizer.decode(generation.tokens, showingSpecialTokens: true))
    }
}

extension SamplingOptions {
    /// The same choice in the language model's terms.
    var rule: Sampling { Sampling(temperature: temperature, topP: topP, seed: seed) }
}
