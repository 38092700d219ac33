import ChatTemplates
import LanguageModel
import PERKModel

/// Reads documents in the ways of the methods that only prompt the base model, in one form.
///
/// A prompt that holds the document counts with every answer, but for `in-context-cached`, which reads the document
/// once.
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

    /// - Parameter method: one of those that prompt.
    /// - Throws: `ChatTemplateError`, `TokenizationError`, `QuestionAnsweringError`.
    func read(_ text: String, by method: EvaluationMethod, examples: [WorkedExample]) throws -> ReadDocument {
        let start = ContinuousClock.now
        func read(
            isCut: Bool, heldBytes: Int, heldTokens: Int? = nil, answer: @escaping (String) throws -> Answer
        ) -> ReadDocument {
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            return ReadDocument(
                seconds: seconds, isCut: isCut, heldBytes: heldBytes, heldTokens: heldTokens, answer: answer)
        }
        switch method {
        case .inContext:
            let prompts = try writer.prompts(about: [text], examples: examples)
            return read(isCut: prompts.isCut, heldBytes: text.utf8.count) { try answer(prompts, $0) }
        case .inContextCached:
            let prompts = try writer.prompts(about: [text], examples: examples)
            let cache = PromptCache(for: model.learned.configuration)
            let kept = base.read(try prompts.beginning(), into: cache)
            let bytes = PromptCache.bytes(of: kept, for: model.learned.configuration)
            return read(isCut: prompts.isCut, heldBytes: bytes, heldTokens: kept) { try answer(prompts, $0, cache) }
        case .retrieval:
            let segments = model.format.parts(of: text)
            let ranking = BM25(segments: segments)
            return read(isCut: false, heldBytes: text.utf8.count) { question in
                let found = ranking.top(options.retrievedSegments, for: question).map { segments[$0] }
                return try answer(writer.prompts(about: found, examples: examples), question)
            }
        case .closedBook:
            let prompts = try writer.prompts(about: [], examples: examples)
            return ReadDocument(seconds: 0, isCut: false, heldBytes: nil) { try answer(prompts, $0) }
        case .perk, .untrainedAdapter, .otherDocument, .inContextTuned:
            preconditionFailure("\(method) is not one of the base model alone")
        }
    }

    private func answer(_ prompts: DocumentPrompts, _ question: String, _ cache: PromptCache? = nil) throws -> Answer {
        try base.answer(
            toPrompt: prompts.prompt(question), endTokens: writer.endTokens,
            sampling: SamplingOptions(maxTokens: options.maximumAnswerTokens), cache: cache)
    }
}
