import Foundation
import LanguageModel
import Tensors
import TestTimeLearning

/// The base model answering questions, with a document's adapter, without one, or with the document in its prompt.
public struct AnswerGenerator: Sendable {
    let model: AnsweringModel
    /// The number of threads that compute an answer. Does not change it.
    let threads: Int
    /// The signals that answers carry.
    private let signals: [AnswerSignal]

    /// - Parameter signals: what answers carry besides; those of the model's calibration unless given.
    public init(model: AnsweringModel, threads: Int = 1, signals: [AnswerSignal]? = nil) {
        self.model = model
        self.threads = threads
        self.signals = signals ?? model.calibration?.signals ?? []
    }

    /// A question, and what it is answered with.
    public struct Question: Sendable {
        public var text: String
        /// The document's, for one task; `nil` asks the base model alone.
        public var adapter: Adapter<Tensor<Float>>?
        /// The number of the document's segments.
        public var segments: Int
        /// Tokens put before the question's prompt, such as the document itself, with the beginning token; none if empty.
        public var context: [Int]
        public var sampling: SamplingOptions

        public init(
            _ text: String, adapter: Adapter<Tensor<Float>>?, segments: Int, context: [Int] = [],
            sampling: SamplingOptions
        ) {
            (self.text, self.adapter, self.segments) = (text, adapter, segments)
            (self.context, self.sampling) = (context, sampling)
        }
    }

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
        sampling: SamplingOptions, since start: ContinuousClock.Instant = .now
    ) throws -> Answer {
        let question = Question(
            question, adapter: adapter, segments: segments, context: context, sampling: sampling)
        return try answers(to: [question], since: start)[0].get()
    }

    /// Answers several questions at once, on one document or on several; see `Transformer.generate`.
    ///
    /// Each answer is what it would be alone, but for its `seconds`: these count from `start` for all of them, and to the
    /// end of the last one.
    ///
    /// - Returns: for each question its answer, or what `answer` throws for it.
    public func answers(
        to questions: [Question], since start: ContinuousClock.Instant = .now
    ) -> [Result<Answer, any Error>] {
        let requests = questions.map { question in Result { try request(for: question) } }
        var firstTokens: [Int: Double] = [:]
        var generations = ThreadBudget.with(threads) {
            transformer.generate(
                requests.compactMap { try? $0.get() }, vocabulary: model.tokenizer.vocabularySize
            ) { index, _ in
                if firstTokens[index] == nil { firstTokens[index] = (ContinuousClock.now - start).inSeconds }
            }
        }.enumerated().makeIterator()
        let answers = zip(requests, questions).map { request, question in
            Result {
                let request = try request.get()
                guard let (index, result) = generations.next() else { preconditionFailure("a result for each request") }
                return (index, try answer(result.get(), after: request, segments: question.segments))
            }
        }
        let total = (ContinuousClock.now - start).inSeconds
        return answers.map { result in
            result.map { index, answer in
                var answer = answer
                answer.seconds = Answer.Seconds(encode: 0, firstToken: firstTokens[index] ?? total, total: total)
                return answer
            }
        }
    }

    /// Answers what a whole prompt asks.
    ///
    /// - Parameters:
    ///   - prompt: with the beginning token, where it wants one.
    ///   - adapter: what the prompt is read with, for one task; `nil` reads it with the base model alone.
    ///   - endTokens: the tokens that end the answer.
    ///   - cache: keeps what was read, for the next prompt with the same adapter.
    /// - Throws: as `answer`.
    public func answer(
        toPrompt prompt: [Int], adapter: Adapter<Tensor<Float>>? = nil, endTokens: Set<Int>, sampling: SamplingOptions,
        cache: PromptCache? = nil
    ) throws -> Answer {
        let start = ContinuousClock.now
        let request = try request(prompt, adapter: adapter, endTokens: endTokens, sampling: sampling)
        cache?.prepare(for: prompt)
        var firstToken: Double?
        let generation = try ThreadBudget.with(threads) {
            transformer.generate(
                [request], vocabulary: model.tokenizer.vocabularySize, known: cache.map { [0: $0.known] } ?? [:]
            ) { _, _ in
                firstToken = firstToken ?? (ContinuousClock.now - start).inSeconds
            }[0]
        }.get()
        cache?.keep(prompt)
        var answer = try answer(generation, after: request, segments: 0)
        let total = (ContinuousClock.now - start).inSeconds
        answer.seconds = Answer.Seconds(encode: 0, firstToken: firstToken ?? total, total: total)
        return answer
    }

    /// Reads the beginning of prompts, as far as a cache can keep it.
    ///
    /// - Returns: the number of tokens that are kept.
    public func read(_ beginning: [Int], into cache: PromptCache) -> Int {
        let kept = Array(beginning.prefix(PromptCache.usableLength(beginning.count)))
        cache.known.truncate(to: 0)
        if !kept.isEmpty {
            let sequence = ContinuedSequence(adapter: nil, cache: cache.known)
            ThreadBudget.with(threads) { _ = transformer.hiddenStates(continuing: [sequence], with: [kept]) }
        }
        cache.keep(kept)
        return kept.count
    }

    var transformer: Transformer<Tensor<Float>> {
        Transformer(configuration: model.learned.configuration, answeringWith: model.learned.weights)
    }

    func request(for question: Question) throws -> GenerationRequest {
        let alone = try model.format.prompt(
            for: question.text, segments: question.segments, tokenizer: model.tokenizer)
        let prompt = question.context.isEmpty ? alone : question.context + alone.dropFirst()
        return try request(
            prompt, adapter: question.adapter, endTokens: model.endTokens, sampling: question.sampling)
    }

    private func request(
        _ prompt: [Int], adapter: Adapter<Tensor<Float>>?, endTokens: Set<Int>, sampling: SamplingOptions
    ) throws -> GenerationRequest {
        let limit = model.learned.configuration.maximumPositions
        guard prompt.count < limit else {
            throw QuestionAnsweringError.questionTooLong(tokens: prompt.count, limit: limit - 1)
        }
        return GenerationRequest(
            prompt: prompt, adapter: adapter, sampling: sampling.rule, endTokens: endTokens,
            limit: min(sampling.maxTokens, limit - prompt.count))
    }

    /// The answer but for its `seconds`.
    func answer(_ generation: Generation, after request: GenerationRequest, segments: Int) throws -> Answer {
        let (text, support) = model.format.answer(in: try model.tokenizer.decode(generation.tokens))
        // The base model alone has no document whose answers were judged.
        let signals = request.adapter == nil ? [] : signals
        let values = ThreadBudget.with(threads) {
            model.values(of: signals, for: generation, after: request, segments: segments)
        }
        return Answer(
            text: text, support: support, confidence: model.calibration?.confidence(values), signals: values,
            tokens: generation.tokens.count, logProbability: generation.logProbability,
            finish: generation.stopped ? .stop : .length,
            seconds: Answer.Seconds(encode: 0, firstToken: 0, total: 0))
    }
}
