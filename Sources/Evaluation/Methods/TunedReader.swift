import LanguageModel
import PERKModel
import Tensors

/// A model that `in-context-tuned` cannot answer with.
public struct UnfitTunedModel: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String { "--tuned \(path): \(problem)" }
}

/// The base model with an adapter that was trained to find the document in its prompt.
public struct TunedModel: Sendable {
    let model: AnsweringModel
    public let path: String
    /// The digest of its recipe.
    public let recipe: String

    /// - Parameter model: the one that is measured, around whose base model this one has to be trained.
    /// - Throws: `UnfitTunedModel`, and what reading a model throws.
    public init(path: String, besides model: AnsweringModel) throws {
        let tuned = try AnsweringModel(path: path)
        guard tuned.method == .inContext else {
            throw UnfitTunedModel(
                path: path,
                problem: "it was not trained to find documents in its prompt: give a model of perk-meta-train train "
                    + "with method: in-context")
        }
        guard try tuned.baseDigest() == model.baseDigest() else {
            throw UnfitTunedModel(
                path: path,
                problem: "its base model is another one than that of --model: train it around the same file or "
                    + "directory")
        }
        (self.model, self.path, recipe) = (tuned, path, try tuned.modelDigest().hexadecimal)
    }
}

/// Reads documents for `in-context-tuned`: in the form that the adapter was trained on, without worked examples.
struct TunedReader {
    private let model: AnsweringModel
    private let options: EvaluationOptions
    private let adapted: AnswerGenerator

    init(_ tuned: TunedModel, options: EvaluationOptions, threads: Int) {
        (model, self.options) = (tuned.model, options)
        adapted = AnswerGenerator(model: model, threads: threads)
    }

    /// - Throws: `TokenizationError`, `SegmentPrefixTooLong`.
    func read(_ text: String) throws -> ReadDocument {
        let start = ContinuousClock.now
        let document = try model.format.promptTokens(
            of: [text], endingSegments: model.endsSegmentsInPrompt, tokenizer: model.tokenizer)
        let context = document.truncatedInMiddle(
            toFit: options.documentRoom(of: model.learned.configuration.maximumPositions))
        return ReadDocument(
            seconds: (ContinuousClock.now - start) / .seconds(1), isCut: context.count < document.count,
            heldBytes: text.utf8.count
        ) { question in
            try adapted.answer(
                question, adapter: model.learned.adapter, segments: 0, context: [model.tokenizer.bos] + context,
                sampling: SamplingOptions(maxTokens: options.maximumAnswerTokens))
        }
    }
}
