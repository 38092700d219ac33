import AdapterStore
import Foundation
import QuestionAnswering
import Tensors

/// The facts task on unseen documents, through the path that serves users, beside what the base model does alone.
public struct FactsEvaluation: Sendable {
    /// How a question is answered.
    public enum Method: String, CaseIterable, Sendable, Codable {
        /// The document is learned; the prompt is the question alone.
        case perk
        /// The base model with the document in its prompt, cut in the middle where it does not fit.
        case inContext = "in-context"
        /// The base model with the question alone.
        case closedBook = "closed-book"
    }

    /// The figures of one method at one size.
    public struct Row: Sendable, Codable, Equatable {
        public let people: Int
        public let method: Method
        public let questions: Int
        /// The share of questions answered exactly, and its 95 % interval over documents.
        public let exactMatch, lower, upper: Double
        /// Means: tokens of a document, seconds to learn one, seconds to answer a question.
        public let documentTokens, encodeSeconds, answerSeconds: Double
    }

    public let model: AnsweringModel
    public let settings: FactsSettings
    public let documents: Int
    public let seed: UInt64
    public let threads: Int

    /// - Parameter settings: the documents; the number of people is set by `rows`.
    public init(model: AnsweringModel, settings: FactsSettings, documents: Int, seed: UInt64, threads: Int) {
        (self.model, self.settings, self.documents, self.seed, self.threads) =
            (model, settings, documents, seed, threads)
    }

    /// The rows of all methods for documents about `people` people.
    ///
    /// - Parameter progress: called after each document.
    /// - Throws: `FactsSettingsError` for documents that cannot be drawn; any error of the service.
    public func rows(people: Int, progress: (_ documentsDone: Int) throws -> Void = { _ in }) throws -> [Row] {
        var settings = settings
        (settings.minimumPeople, settings.maximumPeople) = (people, people)
        var generator = try FactsGenerator(settings: settings, seed: seed &+ UInt64(people), split: .evaluation)
        let service = try QuestionAnswerer(
            model: model, name: "evaluation", store: .inMemory(onDamage: { _ in }), threads: threads,
            maximumDocumentTokens: .max)
        var tallies = Dictionary(uniqueKeysWithValues: Method.allCases.map { ($0, Tally()) })
        for index in 0..<documents {
            try evaluate(generator.document(), service: service, tallies: &tallies)
            try progress(index + 1)
        }
        return Method.allCases.compactMap { method in tallies[method]?.row(people: people, method: method) }
    }

    private func evaluate(
        _ document: FactsDocument, service: QuestionAnswerer, tallies: inout [Method: Tally]
    ) throws {
        let submitted = try service.submit(text: document.text, name: nil) { _ in }
        let base = AdaptedModel(model: model)
        let context = try context(of: document.text)
        let sampling = SamplingOptions(maxTokens: 16)
        for method in Method.allCases {
            let answers = try document.questions.map { question in
                switch method {
                case .perk:
                    try service.ask(document: submitted.document, question: question.question, sampling: sampling)
                case .inContext:
                    try base.answer(
                        question.question, adapter: nil, segments: submitted.segments, context: context,
                        sampling: sampling)
                case .closedBook:
                    try base.answer(
                        question.question, adapter: nil, segments: submitted.segments, sampling: sampling)
                }
            }
            let right = zip(answers, document.questions).map { AnswerMetrics.exactMatch($0.text, $1.answer) ? 1.0 : 0 }
            tallies[method]?.add(
                scores: right, tokens: submitted.tokens, encodeSeconds: method == .perk ? submitted.seconds : 0,
                answerSeconds: answers.reduce(0) { $0 + $1.seconds.total })
        }
    }

    /// The document as base training showed it: one sequence of sentences, cut in the middle to leave room for the
    /// question and its answer.
    private func context(of text: String) throws -> [Int] {
        let tokens = try model.format.segments(of: text, tokenizer: model.tokenizer).flatMap { $0.tokens.dropFirst() }
        let room = max(2, model.learned.configuration.maximumPositions - 64)
        return [model.tokenizer.beginning] + tokens.truncatedInMiddle(toFit: room)
    }
}

/// What one method has got so far.
private struct Tally {
    private var scores: [[Double]] = []
    private var tokens = 0
    private var encodeSeconds = 0.0
    private var answerSeconds = 0.0

    mutating func add(scores: [Double], tokens: Int, encodeSeconds: Double, answerSeconds: Double) {
        self.scores.append(scores)
        self.tokens += tokens
        self.encodeSeconds += encodeSeconds
        self.answerSeconds += answerSeconds
    }

    func row(people: Int, method: FactsEvaluation.Method) -> FactsEvaluation.Row? {
        let questions = scores.reduce(0) { $0 + $1.count }
        guard let interval = BootstrapInterval(scoresByDocument: scores) else { return nil }
        return FactsEvaluation.Row(
            people: people, method: method, questions: questions, exactMatch: interval.mean, lower: interval.lower,
            upper: interval.upper, documentTokens: Double(tokens) / Double(scores.count),
            encodeSeconds: encodeSeconds / Double(scores.count), answerSeconds: answerSeconds / Double(questions))
    }
}
