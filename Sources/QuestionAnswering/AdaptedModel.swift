import Foundation
import LanguageModel
import Tensors
import TestTimeLearning

/// The base model answering questions, with a document's adapter, without one, or with the document in its prompt.
public struct AdaptedModel: Sendable {
    private let model: AnsweringModel

    public init(model: AnsweringModel) { self.model = model }

    /// Answers `question`.
    ///
    /// - Parameters:
    ///   - adapter: the document's, for one task; `nil` asks the base model alone.
    ///   - segments: the number of the document's segments.
    ///   - context: tokens put before the question's prompt, such as the document itself, with the beginning token; none
    ///     if empty.
    ///   - start: when the work for this answer began, for its `seconds`.
    /// - Throws: `QuestionAnsweringError.questionTooLong`, `TokenizationError`, `GenerationDiverged`.
    public func answer(
        _ question: String, adapter: Adapter<Tensor<Float>>?, segments: Int, context: [Int] = [],
        sampling: SamplingOptions,
        since start: ContinuousClock.Instant = .now
    ) throws -> Answer {
        let alone = try model.format.prompt(for: question, segments: segments, tokenizer: model.tokenizer)
        let prompt = context.isEmpty ? alone : context + alone.dropFirst()
        let limit = model.learned.configuration.maximumPositions
        guard prompt.count < limit else {
            throw QuestionAnsweringError.questionTooLong(tokens: prompt.count, limit: limit - 1)
        }
        let transformer = Transformer<Tensor<Float>>(
            configuration: model.learned.configuration, frozen: model.learned.weights)
        var firstToken: Double?
        let generation = try transformer.generate(
            after: prompt, adapter: adapter,
            sampling: sampling.rule, vocabulary: model.tokenizer.vocabularySize, endTokens: [model.tokenizer.end],
            limit: min(sampling.maxTokens, limit - prompt.count)
        ) { _ in firstToken = firstToken ?? (ContinuousClock.now - start).inSeconds }
        let total = (ContinuousClock.now - start).inSeconds
        let (text, support) = model.format.answer(in: try model.tokenizer.decode(generation.tokens))
        return Answer(
            text: text, support: support, tokens: generation.tokens.count, logProbability: generation.logProbability,
            finish: generation.stopped ? .stop : .length,
            seconds: Answer.Seconds(encode: 0, firstToken: firstToken ?? total, total: total))
    }
}
