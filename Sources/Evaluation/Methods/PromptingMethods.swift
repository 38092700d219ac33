import ChatTemplates
import LanguageModel
import PERKModel

extension EvaluationMethod {
    /// The base model with the document in its prompt, cut in the middle where it does not fit.
    public static let inContext = EvaluationMethod(
        prompting: "in-context",
        explanation: { _ in
            "the base model with the document in its prompt, cut in the middle where it does not fit"
        }
    ) { try $0.readWhole($1, examples: $2) }

    /// The same with the keys and values of the document kept between questions, as servers do.
    public static let inContextCached = EvaluationMethod(
        prompting: "in-context-cached",
        explanation: { _ in
            "the same with the keys and values of the document kept between questions, as servers do"
        }
    ) { try $0.readCached($1, examples: $2) }

    /// The base model with the segments in its prompt that share most words with the question (BM25).
    public static let retrieval = EvaluationMethod(
        prompting: "retrieval",
        explanation: { options in
            "the base model with the \(options.retrievedSegments) segments in its prompt that share most words with the "
                + "question (BM25)"
        }
    ) { try $0.readSegments($1, examples: $2) }

    /// The base model with the question alone.
    public static let closedBook = EvaluationMethod(
        prompting: "closed-book", readsDocument: false,
        explanation: { _ in "the base model with the question alone" }
    ) { reader, _, examples in try reader.readNothing(examples: examples) }
}

/// Reads documents in the ways of the methods that only prompt the base model, in one form.
///
/// A prompt that holds the document counts with every answer, but for `in-context-cached`, which reads the document
/// once. Reading throws `ChatTemplateError`, `TokenizationError` and `QuestionAnsweringError`.
struct PromptedReader {
    private let model: AnsweringModel
    private let options: EvaluationOptions
    private let base: AnswerGenerator
    private let writer: PromptWriter

    /// - Throws: `ChatTemplateError`, `TokenizationError`.
    init(
        form: PromptForm, template: ChatTemplate?, model: AnsweringModel, options: EvaluationOptions, threads: Int
    ) throws {
        (self.model, self.options) = (model, options)
        base = AnswerGenerator(model: model, threads: threads)
        writer = try PromptWriter(form: form, template: template, model: model, options: options)
    }

    fileprivate func readWhole(_ text: String, examples: [WorkedExample]) throws -> ReadDocument {
        let start = ContinuousClock.now
        let prompts = try writer.prompts(about: [text], examples: examples)
        return ReadDocument(since: start, isCut: prompts.isCut, heldBytes: text.utf8.count) {
            try answer(prompts, $0)
        }
    }

    fileprivate func readCached(_ text: String, examples: [WorkedExample]) throws -> ReadDocument {
        let start = ContinuousClock.now
        let prompts = try writer.prompts(about: [text], examples: examples)
        let cache = PromptCache(for: model.learned.configuration)
        let kept = base.read(try prompts.beginning(), into: cache)
        let bytes = PromptCache.bytes(of: kept, for: model.learned.configuration)
        return ReadDocument(since: start, isCut: prompts.isCut, heldBytes: bytes, heldTokens: kept) {
            try answer(prompts, $0, cache)
        }
    }

    fileprivate func readSegments(_ text: String, examples: [WorkedExample]) throws -> ReadDocument {
        let start = ContinuousClock.now
        let segments = model.format.parts(of: text)
        let ranking = BM25(segments: segments)
        return ReadDocument(since: start, isCut: false, heldBytes: text.utf8.count) { question in
            let found = ranking.top(options.retrievedSegments, for: question).map { segments[$0] }
            return try answer(writer.prompts(about: found, examples: examples), question)
        }
    }

    fileprivate func readNothing(examples: [WorkedExample]) throws -> ReadDocument {
        let prompts = try writer.prompts(about: [], examples: examples)
        return ReadDocument(seconds: 0, isCut: false, heldBytes: nil) { try answer(prompts, $0) }
    }

    private func answer(_ prompts: DocumentPrompts, _ question: String, _ cache: PromptCache? = nil) throws -> Answer {
        try base.answer(
            toPrompt: prompts.prompt(question), endTokens: writer.endTokens,
            sampling: SamplingOptions(maxTokens: options.maximumAnswerTokens), cache: cache)
    }
}

extension ReadDocument {
    /// A document that was read from `start` until now.
    fileprivate init(
        since start: ContinuousClock.Instant, isCut: Bool, heldBytes: Int, heldTokens: Int? = nil,
        answer: @escaping (String) throws -> Answer
    ) {
        self.init(
            seconds: (ContinuousClock.now - start) / .seconds(1), isCut: isCut, heldBytes: heldBytes,
            heldTokens: heldTokens, answer: answer)
    }
}
