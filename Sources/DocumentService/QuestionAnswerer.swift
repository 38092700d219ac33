import AdapterStore
import Digests
import Foundation
import LanguageModel
import ModelFiles
import PERKModel
import Tensors
import TestTimeLearning

/// Learns documents with a meta-learned model and answers questions about them, on the caller's thread.
///
/// Adapters are kept in a store by document and model, so a document is learned once; what comes from the store is bit
/// for bit what learning it again would give. Adapters that were asked about lately stay in memory, where a question
/// finds them ready; see `HotAdapters`. Several threads may use it; those that submit one document at the same time each
/// learn it. ``AnsweringService`` serves many clients at once.
public final class QuestionAnswerer: Sendable {
    let model: AnsweringModel
    let name: String
    let modelDigest: Digest
    let store: AdapterStore
    let generator: AnswerGenerator
    let maximumDocumentTokens: Int
    let threads: Int
    private let hotAdapters: HotAdapters
    private let encoder: DocumentEncoder<Float>
    private let onWarning: @Sendable (DocumentWarning) -> Void

    /// The bytes of adapters kept in memory unless told otherwise: a dozen of rank 16 for all maps of SmolLM2-135M.
    public static let defaultHotBytes = 268_435_456

    /// - Parameters:
    ///   - name: what the status calls the model.
    ///   - store: where adapters are kept.
    ///   - threads: the number of threads that learn a document or answer a question. Changes neither.
    ///   - maximumDocumentTokens: longer documents are refused.
    ///   - hotBytes: the most bytes of adapters kept in memory, ready for the next question; 0 keeps none.
    ///   - signals: what answers carry besides; those of the model's calibration unless given.
    ///   - onWarning: told of each reason for less trust in a submitted document, which the result holds too.
    /// - Throws: `ModelReadsInPrompt`; an error if the model's digest cannot be taken.
    public init(
        model: AnsweringModel, name: String, store: AdapterStore, threads: Int, maximumDocumentTokens: Int,
        hotBytes: Int = defaultHotBytes, signals: [AnswerSignal]? = nil,
        onWarning: @escaping @Sendable (DocumentWarning) -> Void = { _ in }
    ) throws {
        guard model.method == .perk else { throw ModelReadsInPrompt(model: name) }
        self.model = model
        self.name = name
        self.store = store
        self.threads = threads
        self.maximumDocumentTokens = maximumDocumentTokens
        self.onWarning = onWarning
        modelDigest = try model.modelDigest()
        encoder = DocumentEncoder(model: model.learned, threads: threads)
        generator = AnswerGenerator(model: model, threads: threads, signals: signals)
        hotAdapters = HotAdapters(store: store, layout: model.learned.adapter.layout, byteLimit: hotBytes)
    }

    deinit { try? store.recordUses() }

    /// Learns a document, or finds it in the store.
    ///
    /// - Parameter progress: Called at each micro-batch, from any thread; an error that it throws stops the work.
    /// - Throws: As ``DocumentAnswering/submit(_:progress:)``, and what `progress` throws.
    public func submit(
        text: String, name: String?, progress: @Sendable (EncodingProgress) throws -> Void = { _ in }
    ) throws -> SubmittedDocument {
        let start = ContinuousClock.now
        guard !text.isBlank else { throw QuestionAnsweringError.emptyDocument }
        let key = key(of: text)
        let known = try known(key)
        let stored = try known ?? learn(text, key: key, name: name, progress: progress)
        return try submitted(stored, text, isCached: known != nil, since: start)
    }

    func key(of text: String) -> AdapterKey { key(of: DocumentIdentifier(of: Data(text.utf8))) }

    func key(of document: DocumentIdentifier) -> AdapterKey { AdapterKey(document: document, modelDigest: modelDigest) }

    /// What the store has under `key`, whose bytes are sound.
    func known(_ key: AdapterKey) throws -> StoredDocument? { try store.adapter(for: key)?.document }

    /// What is told of a document that is known now.
    func submitted(
        _ stored: StoredDocument, _ text: String, isCached: Bool, since start: ContinuousClock.Instant
    ) throws -> SubmittedDocument {
        let warnings = try warnings(about: stored, text)
        warnings.forEach(onWarning)
        return SubmittedDocument(
            document: stored.key.document.description, tokens: stored.tokens, segments: stored.segments,
            cached: isCached, seconds: (ContinuousClock.now - start).inSeconds, losses: stored.losses,
            warnings: warnings)
    }

    private func warnings(about stored: StoredDocument, _ text: String) throws -> [DocumentWarning] {
        guard let limits = model.limits else { return [] }
        // One that was learned before there were limits is measured each time.
        let baseLoss =
            try stored.baseLoss
            ?? encoder.model.baseLoss(
                of: model.format.segments(of: text, tokenizer: model.tokenizer), threads: encoder.threads)
        return limits.warnings(tokens: stored.tokens, baseLoss: baseLoss)
    }

    /// Learns a document and keeps its adapter.
    ///
    /// - Parameters:
    ///   - progress: Called at each micro-batch; throws to stop the work.
    ///   - check: Called at each micro-batch of what comes after; throws to stop the work.
    func learn(
        _ text: String, key: AdapterKey, name: String?, progress: @Sendable (EncodingProgress) throws -> Void,
        check: @Sendable () throws -> Void = {}
    ) throws -> StoredDocument {
        let segments = try model.format.segments(of: text, tokenizer: model.tokenizer)
        // A vocabulary may drop characters, such as those without width, that are no white space.
        guard !segments.isEmpty else { throw QuestionAnsweringError.emptyDocument }
        let tokens = segments.tokenCount
        guard tokens <= maximumDocumentTokens else {
            throw QuestionAnsweringError.documentTooLong(tokens: tokens, limit: maximumDocumentTokens)
        }
        let encoding: DocumentEncoder<Float>.Encoding
        do {
            encoding = try encoder.encode([segments]) { done in
                try progress(
                    EncodingProgress(
                        step: done.step + 1, steps: done.steps, segment: done.segments, segments: segments.count,
                        loss: done.losses.first))
            }
        } catch let error as EncodingDiverged {
            throw QuestionAnsweringError.diverged(step: error.step + 1, loss: .nan)
        }
        let bytes = try SafeTensorsWriter(tensors: encoding.adapter.written()).serialized()
        let baseLoss =
            model.limits == nil
            ? nil : try encoder.model.baseLoss(of: segments, threads: encoder.threads, check: check)
        return try store.save(
            bytes, for: key, name: name, tokens: tokens, segments: segments.count,
            losses: encoding.losses.map { $0[0] }, baseLoss: baseLoss)
    }

    /// What the model has learned, most recently used first.
    public func documents() throws -> [DocumentSummary] {
        try store.list(modelDigest: modelDigest).map {
            DocumentSummary(
                document: $0.key.document.description, name: $0.name, tokens: $0.tokens, bytes: $0.bytes,
                pinned: $0.isPinned, created: $0.created, lastUsed: $0.lastUsed)
        }
    }

    /// Forgets a document, under every model.
    ///
    /// - Returns: Whether it was known.
    public func remove(document: String) throws -> Bool {
        guard let identifier = try? DocumentIdentifier(parsing: document) else { return false }
        hotAdapters.forget(key(of: identifier))
        return try store.remove(document: identifier)
    }

    /// Answers a question about a learned document.
    ///
    /// - Throws: `QuestionAnsweringError.unknownDocument`, `.emptyQuestion` or `.questionTooLong`.
    public func ask(document: String, question: String, sampling: SamplingOptions) throws -> Answer {
        let start = ContinuousClock.now
        guard !question.isBlank else { throw QuestionAnsweringError.emptyQuestion }
        let document = try hotAdapter(document)
        return try generator.answer(
            question, adapter: document.adapter, segments: document.segments, sampling: sampling, since: start)
    }

    /// The adapter of a learned document, for one task.
    ///
    /// - Throws: `QuestionAnsweringError.unknownDocument`.
    public func adapter(document: String) throws -> Adapter<Tensor<Float>> { try hotAdapter(document).adapter }

    func hotAdapter(_ document: String) throws -> HotAdapters.Entry {
        guard let identifier = try? DocumentIdentifier(parsing: document),
            let entry = try hotAdapters.adapter(for: key(of: identifier))
        else { throw QuestionAnsweringError.unknownDocument(document) }
        return entry
    }

    /// The configuration of the base model.
    public var modelConfiguration: ModelConfiguration { model.learned.configuration }
}
