import AdapterStore
import DocumentService
import LanguageModel
import PERKModel
import SeededRandom
import Tensors
import TestTimeLearning

extension EvaluationMethod {
    /// The document is learned, through the path that serves users; the prompt is the question alone.
    public static let perk = EvaluationMethod(
        "perk", explanation: { _ in "the document is learned; the prompt is the question alone" }
    ) { resources in
        let reader = try resources.learningReader()
        return { try reader.read($0.document.text, forgets: !$0.isOtherOfNext) }
    }

    /// The document is learned by as many steps of the same kind, but from a random adapter: what meta-training is
    /// worth.
    public static let untrainedAdapter = EvaluationMethod(
        "untrained-adapter",
        explanation: { _ in
            "the document is learned by as many steps from a random adapter, without meta-training"
        }
    ) { resources in
        let reader = try LearningReader(
            model: resources.model.withUntrainedStart(seed: resources.options.seed), options: resources.options,
            threads: resources.threads)
        return { try reader.read($0.document.text) }
    }

    /// The adapter of another document of the cell. What it scores was not read from the document: style, likely
    /// answers, leaks.
    public static let otherDocument = EvaluationMethod(
        "other-document", needs: .otherDocument, readsDocument: false,
        explanation: { _ in
            "the adapter of another document answers: what it scores was not read from the document"
        }
    ) { resources in
        let reader = try resources.learningReader()
        return { work in
            let learned = try reader.read(work.other ?? "")
            // Nothing of the document itself is read or kept.
            return ReadDocument(
                seconds: 0, isCut: false, heldBytes: nil, answer: learned.answer, forget: learned.forget)
        }
    }
}

/// Learns documents as the service does, in a store of its own.
struct LearningReader {
    private let service: QuestionAnswerer
    private let options: EvaluationOptions

    /// - Throws: an error if the model's digest cannot be taken.
    init(model: AnsweringModel, options: EvaluationOptions, threads: Int) throws {
        self.options = options
        service = try QuestionAnswerer(
            model: model, name: "evaluation", store: .inMemory(onDamage: { _ in }), threads: threads,
            maximumDocumentTokens: .max)
    }

    /// - Throws: what learning throws, such as `QuestionAnsweringError.diverged`.
    func read(_ text: String, forgets: Bool = true) throws -> ReadDocument {
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

extension AnsweringModel {
    /// The same model without what meta-training learned: a random adapter of the same kind, every token of the same
    /// weight, and as many inner steps at one rate, the geometric mean of the learned ones.
    func withUntrainedStart(seed: UInt64) -> AnsweringModel {
        var random = RandomSource(seed: seed)
        var model = self
        model.forgetMeasurements()
        let layout = learned.adapter.layout
        model.learned.adapter = Adapter(
            layout: layout, standardDeviationOfB: FreshStart().standardDeviationOfB, using: &random)
        model.learned.weighter = nil
        let logRates = learned.logRates.scalars
        let mean = logRates.reduce(0) { $0 + Double($1) } / Double(max(1, logRates.count))
        model.learned.logRates = Tensor(repeating: Float(mean), shape: learned.logRates.shape)
        return model
    }
}
