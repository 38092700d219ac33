import BenchmarkData
import Foundation
import PERKModel

/// A way to answer questions about a document.
///
/// A further method is a file of its own, with the method's constant and what reads documents for it, and a line of
/// `allCases`.
public struct EvaluationMethod: Registered {
    public static let allCases: [EvaluationMethod] = [
        .perk, .inContext, .inContextCached, .inContextTuned, .retrieval, .closedBook, .untrainedAdapter,
        .otherDocument,
    ]

    public let rawValue: String
    /// What it does, for the reader of a report.
    let explanation: @Sendable (EvaluationOptions) -> String
    /// What it needs besides the document and the model.
    public let needs: Need?
    /// Whether anything of the document is read.
    let readsDocument: Bool
    /// How it puts a document before the base model, where it does no more than prompt it. Such a model was never taught
    /// where an answer ends: what it writes after a line break is then left out where answers are compared as a whole.
    let prompt: Prompting?
    /// Makes what reads documents for one evaluation.
    let reader: @Sendable (MethodResources) throws -> Reading

    public enum Need: Sendable {
        /// A model that was trained to find documents in its prompt.
        case tunedModel
        /// Another document of the cell.
        case otherDocument
    }

    /// Reads a document.
    ///
    /// - Throws: what the method's way of reading throws, such as `QuestionAnsweringError.diverged`.
    typealias Reading = (DocumentAtWork) throws -> ReadDocument

    /// Reads a document by prompts.
    typealias Prompting =
        @Sendable (
            PromptedReader, _ text: String, _ examples: [WorkedExample]
        ) throws -> ReadDocument

    init(
        _ name: String, needs: Need? = nil, readsDocument: Bool = true,
        explanation: @escaping @Sendable (EvaluationOptions) -> String,
        reader: @escaping @Sendable (MethodResources) throws -> Reading
    ) {
        (rawValue, self.needs, self.readsDocument, prompt) = (name, needs, readsDocument, nil)
        (self.explanation, self.reader) = (explanation, reader)
    }

    /// A method that prompts the base model and does nothing else.
    init(
        prompting name: String, readsDocument: Bool = true,
        explanation: @escaping @Sendable (EvaluationOptions) -> String, prompt: @escaping Prompting
    ) {
        (rawValue, needs, self.readsDocument, self.prompt) = (name, nil, readsDocument, prompt)
        self.explanation = explanation
        reader = { resources in
            let reader = try resources.promptedReader()
            return { try prompt(reader, $0.document.text, $0.examples) }
        }
    }

    var isPrompted: Bool { prompt != nil }

    /// What counts of an answer.
    func output(of answer: Answer, _ metric: Metric) -> String {
        guard isPrompted && metric.comparesWholes else { return answer.text }
        return answer.text.split(whereSeparator: \.isNewline).first.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? ""
    }
}

/// A document with what methods need besides it.
struct DocumentAtWork {
    let document: QADocument
    /// Worked examples, for the methods that prompt.
    let examples: [WorkedExample]
    /// The text of another document of the cell, for the methods that need one.
    let other: String?
    /// Whether the document is the other one of the next, so that its adapter is wanted again.
    let isOtherOfNext: Bool
}

/// A document that a method has read, ready for questions.
///
/// What is measured is what a user would wait for: learning a document counts as reading it.
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

/// What the methods of one evaluation read documents with; each is made when a method first asks for it.
final class MethodResources {
    let model: AnsweringModel
    let options: EvaluationOptions
    let threads: Int
    private let tuned: TunedModel?
    private let prompted: PromptedReader?
    private var learned: LearningReader?

    /// - Parameters:
    ///   - prompted: not `nil` where a method prompts the base model.
    ///   - tuned: not `nil` where a method needs it.
    init(
        model: AnsweringModel, options: EvaluationOptions, prompted: PromptedReader?, tuned: TunedModel?, threads: Int
    ) {
        (self.model, self.options, self.threads) = (model, options, threads)
        (self.prompted, self.tuned) = (prompted, tuned)
    }

    func promptedReader() throws -> PromptedReader {
        guard let prompted else { preconditionFailure("a method prompts, and no form of prompts was found") }
        return prompted
    }

    func tunedModel() -> TunedModel {
        guard let tuned else { preconditionFailure("a method needs a tuned model, and there is none") }
        return tuned
    }

    /// What learns documents from the model's own start. The methods that do share their adapters.
    func learningReader() throws -> LearningReader {
        if let learned { return learned }
        let reader = try LearningReader(model: model, options: options, threads: threads)
        learned = reader
        return reader
    }
}
