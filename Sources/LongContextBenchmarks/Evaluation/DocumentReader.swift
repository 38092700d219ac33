import AdapterStore
import LanguageModel
import QuestionAnswering
import Tensors
import TestTimeLearning

/// A document that a method has read, ready for questions.
struct ReadDocument {
    /// How long it took.
    let seconds: Double
    /// Whether a part of the document had to be left out.
    let isCut: Bool
    let answer: (_ question: String) throws -> Answer
    /// Forgets the document, so that memory does not grow with their number.
    var forget: () throws -> Void = {}
}

/// Reads documents in the way of each method.
///
/// What is measured is what a user would wait for: learning a document counts as reading it, a prompt that holds the
/// document counts with every answer.
struct DocumentReader {
    let model: AnsweringModel
    let options: EvaluationOptions
    /// Those of the methods that learn documents, where they are wanted: each takes a digest of the whole model.
    private let services: [EvaluationMethod: QuestionAnswerer]
    private let base: AdaptedModel

    init(model: AnsweringModel, options: EvaluationOptions, threads: Int) throws {
        self.model = model
        self.options = options
        var learners: [EvaluationMethod: AnsweringModel] = [:]
        if options.methods.contains(.perk) { learners[.perk] = model }
        if options.methods.contains(.untrainedAdapter) {
            learners[.untrainedAdapter] = model.withUntrainedStart(seed: options.seed)
        }
        services = try learners.mapValues { model in
            try QuestionAnswerer(
                model: model, name: "evaluation", store: .inMemory(onDamage: { _ in }), threads: threads,
                maximumDocumentTokens: .max)
        }
        base = AdaptedModel(model: model, threads: threads)
    }

    /// - Parameter method: one of the options'.
    /// - Throws: what the method's way of reading throws, such as `QuestionAnsweringError.diverged`.
    func read(_ text: String, by method: EvaluationMethod) throws -> ReadDocument {
        switch method {
        case .perk, .untrainedAdapter:
            guard let service = services[method] else { preconditionFailure("\(method) is not one of the methods") }
            return try learn(text, service)
        case .inContext: return try readInPrompt(text)
        case .retrieval: return try index(text)
        case .closedBook: return ReadDocument(seconds: 0, isCut: false, answer: { try answer($0, context: []) })
        }
    }

    private var sampling: SamplingOptions { SamplingOptions(maxTokens: options.maximumAnswerTokens) }

    private func learn(_ text: String, _ service: QuestionAnswerer) throws -> ReadDocument {
        let submitted = try service.submit(text: text, name: nil) { _ in }
        return ReadDocument(seconds: submitted.seconds, isCut: false) { question in
            try service.ask(document: submitted.document, question: question, sampling: sampling)
        } forget: {
            _ = try service.remove(document: submitted.document)
        }
    }

    private func readInPrompt(_ text: String) throws -> ReadDocument {
        let start = ContinuousClock.now
        let tokens = try promptTokens(of: [text])
        let context = tokens.truncatedInMiddle(toFit: room)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return ReadDocument(
            seconds: seconds, isCut: context.count < tokens.count,
            answer: { try answer($0, context: context) })
    }

    private func index(_ text: String) throws -> ReadDocument {
        let start = ContinuousClock.now
        let segments = model.format.parts(of: text)
        let ranking = BM25(segments: segments)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return ReadDocument(seconds: seconds, isCut: false) { question in
            let found = ranking.top(options.retrievedSegments, for: question).map { segments[$0] }
            return try answer(question, context: promptTokens(of: found).truncatedInMiddle(toFit: room))
        }
    }

    private func answer(_ question: String, context: [Int]) throws -> Answer {
        try base.answer(
            question, adapter: nil, segments: 0, context: context.isEmpty ? [] : [model.tokenizer.beginning] + context,
            sampling: sampling)
    }

    /// The tokens that a prompt has for the document: the question, its answer and the beginning need the rest.
    private var room: Int {
        max(0, model.learned.configuration.maximumPositions - options.maximumAnswerTokens - options.questionTokens - 1)
    }

    /// A text as it stands in a prompt: segment by segment with their ends, which is how base training shows documents, or
    /// as it is for a base model that was never trained here.
    private func promptTokens(of texts: [String]) throws -> [Int] {
        try model.format.promptTokens(
            of: texts, endingSegments: options.endsSegmentsInPrompt, tokenizer: model.tokenizer)
    }
}
