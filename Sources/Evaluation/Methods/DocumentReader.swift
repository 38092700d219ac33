import AdapterStore
import BenchmarkData
import DocumentService
import LanguageModel
import PERKModel
import Tensors
import TestTimeLearning

/// A document that a method has read, ready for questions.
struct ReadDocument {
    /// How long it took.
    let seconds: Double
    /// Whether a part of the document had to be left out.
    let isCut: Bool
    /// The bytes that are kept of the document between questions; `nil` where nothing of it is read.
    let heldBytes: Int?
    /// The tokens of the prompt whose keys and values these bytes are.
    var heldTokens: Int?
    let answer: (_ question: String) throws -> Answer
    /// Forgets the document, so that memory does not grow with their number.
    var forget: () throws -> Void = {}
}

/// A row with what methods need besides its document.
struct RowAtWork {
    let row: BenchmarkRow
    /// Worked examples, for the methods that prompt.
    let examples: [WorkedExample]
    /// Another document of the cell, for `other-document`.
    let other: String?
    /// Whether the row's document is the other one of the next row, so that its adapter is wanted again.
    let isOtherOfNext: Bool
}

/// Reads documents in the way of each method.
///
/// What is measured is what a user would wait for: learning a document counts as reading it.
struct DocumentReader {
    private let options: EvaluationOptions
    private let prompted: PromptedReader?
    private let tuned: TunedReader?
    /// Those that learn documents, where they are wanted: each takes a digest of the whole model.
    private let trained, untrained: QuestionAnswerer?

    /// - Parameters:
    ///   - prompted: not `nil` where a method prompts the base model.
    ///   - tuned: not `nil` where `in-context-tuned` is one of the methods.
    init(
        model: AnsweringModel, options: EvaluationOptions, prompted: PromptedReader?, tuned: TunedReader?, threads: Int
    ) throws {
        (self.options, self.prompted, self.tuned) = (options, prompted, tuned)
        func service(_ model: AnsweringModel) throws -> QuestionAnswerer {
            try QuestionAnswerer(
                model: model, name: "evaluation", store: .inMemory(onDamage: { _ in }), threads: threads,
                maximumDocumentTokens: .max)
        }
        let methods = Set(options.methods)
        trained = methods.isDisjoint(with: [.perk, .otherDocument]) ? nil : try service(model)
        untrained =
            methods.contains(.untrainedAdapter) ? try service(model.withUntrainedStart(seed: options.seed)) : nil
    }

    /// - Parameter method: one of the options'.
    /// - Throws: what the method's way of reading throws, such as `QuestionAnsweringError.diverged`.
    func read(_ work: RowAtWork, by method: EvaluationMethod) throws -> ReadDocument {
        switch method {
        case .perk: return try learn(work.row.text, trained, forgets: !work.isOtherOfNext)
        case .untrainedAdapter: return try learn(work.row.text, untrained)
        case .otherDocument:
            let learned = try learn(work.other ?? "", trained)
            // Nothing of the row's own document is read or kept.
            return ReadDocument(
                seconds: 0, isCut: false, heldBytes: nil, answer: learned.answer, forget: learned.forget)
        case .inContextTuned:
            guard let tuned else { preconditionFailure("\(method) is not one of the methods") }
            return try tuned.read(work.row.text)
        case .inContext, .inContextCached, .retrieval, .closedBook:
            guard let prompted else { preconditionFailure("\(method) is not one of the methods") }
            return try prompted.read(work.row.text, by: method, examples: work.examples)
        }
    }

    private func learn(_ text: String, _ service: QuestionAnswerer?, forgets: Bool = true) throws -> ReadDocument {
        guard let service else { preconditionFailure("the method is not one of the methods") }
        let submitted = try service.submit(text: text, name: nil) { _ in }
        let bytes =
            try service.adapter(document: submitted.document).tensors.reduce(0) { $0 + $1.count }
            * MemoryLayout<Float>.stride
        return ReadDocument(seconds: submitted.seconds, isCut: false, heldBytes: bytes) { question in
            try service.ask(
                document: submitted.document, question: question,
                sampling: SamplingOptions(maxTokens: options.maximumAnswerTokens))
        } forget: {
            if forgets { _ = try service.remove(document: submitted.document) }
        }
    }
}
