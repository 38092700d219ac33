import AdapterStore
import Foundation
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
}

/// Reads documents in the way of each method.
///
/// What is measured is what a user would wait for: learning a document counts as reading it, a prompt that holds the
/// document counts with every answer.
struct DocumentReader {
    let model: AnsweringModel
    let options: EvaluationOptions
    private let learned: QuestionAnswerer
    private let untrained: QuestionAnswerer
    private let base: AdaptedModel

    init(model: AnsweringModel, options: EvaluationOptions, threads: Int) throws {
        self.model = model
        self.options = options
        func service(_ model: AnsweringModel) throws -> QuestionAnswerer {
            try QuestionAnswerer(
                model: model, name: "evaluation", store: .inMemory(onDamage: { _ in }), threads: threads,
                maximumDocumentTokens: .max)
        }
        learned = try service(model)
        untrained = try service(model.withUntrainedStart(seed: options.seed))
        base = AdaptedModel(model: model)
    }

    /// - Throws: what the method's way of reading throws, such as `QuestionAnsweringError.diverged`.
    func read(_ text: String, by method: EvaluationMethod) throws -> ReadDocument {
        switch method {
        case .perk: try learn(text, learned)
        case .untrainedAdapter: try learn(text, untrained)
        case .inContext: try readInPrompt(text)
        case .retrieval: try index(text)
        case .closedBook: ReadDocument(seconds: 0, isCut: false) { try answer($0, context: []) }
        }
    }

    /// Forgets a document, so that memory does not grow with their number.
    func forget(_ text: String, by method: EvaluationMethod) throws {
        let identifier = DocumentIdentifier(of: Data(text.utf8)).description
        switch method {
        case .perk: _ = try learned.remove(document: identifier)
        case .untrainedAdapter: _ = try untrained.remove(document: identifier)
        case .inContext, .retrieval, .closedBook: break
        }
    }

    private var sampling: SamplingOptions { SamplingOptions(maxTokens: options.maximumAnswerTokens) }

    private func learn(_ text: String, _ service: QuestionAnswerer) throws -> ReadDocument {
        let submitted = try service.submit(text: text, name: nil) { _ in }
        return ReadDocument(seconds: submitted.seconds, isCut: false) { question in
            try service.ask(document: submitted.document, question: question, sampling: sampling)
        }
    }

    private func readInPrompt(_ text: String) throws -> ReadDocument {
        let start = ContinuousClock.now
        let tokens = try promptTokens(of: [text])
        let context = tokens.truncatedInMiddle(toFit: room)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return ReadDocument(seconds: seconds, isCut: context.count < tokens.count) { question in
            try answer(question, context: context)
        }
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
        guard options.endsSegmentsInPrompt else {
            return try model.tokenizer.encode(texts.joined(separator: "\n") + "\n")
        }
        return try texts.flatMap { text in
            try model.format.segments(of: text, tokenizer: model.tokenizer).flatMap { $0.tokens.dropFirst() }
        }
    }
}
