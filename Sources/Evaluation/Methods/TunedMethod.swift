import LanguageModel
import PERKModel
import Tensors

extension EvaluationMethod {
    /// The document in the prompt of the base model with an adapter that was trained to find it there, on the rows that
    /// PERK is trained on: the paper's FT-ICR.
    public static let inContextTuned = EvaluationMethod(
        "in-context-tuned", needs: .tunedModel,
        explanation: { _ in
            "the document in the prompt of the base model with an adapter that was trained to find it there"
        }
    ) { resources in
        let reader = TunedReader(resources.tunedModel(), options: resources.options, threads: resources.threads)
        return { try reader.read($0.document.text) }
    }
}

/// A model that `in-context-tuned` cannot answer with.
public struct UnfitTunedModel: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Sendable {
        case readsNoPrompts, otherBase
    }

    public let path: String
    public let problem: Problem

    public var description: String {
        switch problem {
        case .readsNoPrompts:
            "\(path): it was not trained to find documents in its prompt: give a model that perk-meta-train has trained "
                + "with method: in-context"
        case .otherBase:
            "\(path): its base model is another one than that of the measured model: train it around the same file or "
                + "directory"
        }
    }
}

/// The base model with an adapter that was trained to find the document in its prompt.
public struct TunedModel: Sendable {
    let model: AnsweringModel
    public let path: String
    /// The digest of all that decides its answers.
    public let digest: String

    /// - Parameter model: the one that is measured, around whose base model this one has to be trained.
    /// - Throws: `UnfitTunedModel`, and what reading a model throws.
    public init(path: String, besides model: AnsweringModel) throws {
        let tuned = try AnsweringModel(path: path)
        guard tuned.method == .inContext else { throw UnfitTunedModel(path: path, problem: .readsNoPrompts) }
        guard try tuned.sharesBase(with: model) else {
            throw UnfitTunedModel(path: path, problem: .otherBase)
        }
        (self.model, self.path, digest) = (tuned, path, try tuned.modelDigest().hexadecimal)
    }
}

/// Reads documents for `in-context-tuned`: in the form that the adapter was trained on, without worked examples.
private struct TunedReader {
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
