import AdapterStore
import Digests
import Foundation
import LanguageModel
import ModelFiles
import PERKModel
import Tensors
import TestTimeLearning

/// Learns documents with a meta-learned model and answers questions about them.
///
/// Adapters are kept in a store by document and model, so a document is learned once; what comes from the store is bit
/// for bit what learning it again would give. Two simultaneous submissions of one document learn it once. Adapters that
/// were asked about lately stay in memory, where a question finds them ready; see `HotAdapters`.
public final class QuestionAnswerer: DocumentAnswering {
    private let model: AnsweringModel
    private let name: String
    private let modelDigest: Digest
    private let store: AdapterStore
    private let hotAdapters: HotAdapters
    private let encoder: DocumentEncoder<Float>
    private let generator: AnswerGenerator
    private let maximumDocumentTokens: Int
    private let onWarning: @Sendable (DocumentWarning) -> Void
    private let singleFlight = SingleFlight()
    private let started = ContinuousClock.now

    /// The bytes of adapters kept in memory unless told otherwise: a dozen of rank 16 for all maps of SmolLM2-135M.
    public static let defaultHotBytes = 268_435_456

    /// - Parameters:
    ///   - name: what `status()` calls the model.
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
        self.maximumDocumentTokens = maximumDocumentTokens
        self.onWarning = onWarning
        modelDigest = try model.modelDigest()
        encoder = DocumentEncoder(model: model.learned, threads: threads)
        generator = AnswerGenerator(model: model, threads: threads, signals: signals)
        hotAdapters = HotAdapters(store: store, layout: model.learned.adapter.layout, byteLimit: hotBytes)
    }

    deinit { try? store.recordUses() }

    public func submit(
        text: String, name: String?, progress: @escaping @Sendable (EncodingProgress) -> Void
    ) throws -> SubmittedDocument {
        let clock = ContinuousClock()
        let start = clock.now
        guard text.contains(where: { !$0.isWhitespace }) else { throw QuestionAnsweringError.emptyDocument }
        let key = AdapterKey(document: DocumentIdentifier(of: Data(text.utf8)), modelDigest: modelDigest)
        return try singleFlight.run(key) {
            let known = try store.adapter(for: key)?.document
            let stored = try known ?? learn(text, key: key, name: name, progress: progress)
            let warnings = try self.warnings(about: stored, text)
            warnings.forEach(onWarning)
            return SubmittedDocument(
                document: stored.key.document.description, tokens: stored.tokens, segments: stored.segments,
                cached: known != nil, seconds: (clock.now - start).inSeconds, losses: stored.losses, warnings: warnings)
        }
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

    private func learn(
        _ text: String, key: AdapterKey, name: String?, progress: @escaping @Sendable (EncodingProgress) -> Void
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
                progress(
                    EncodingProgress(
                        step: done.step + 1, steps: done.steps, segment: done.segments, segments: segments.count))
            }
        } catch let error as EncodingDiverged {
            throw QuestionAnsweringError.diverged(step: error.step + 1, loss: .nan)
        }
        let bytes = try SafeTensorsWriter(tensors: encoding.adapter.written()).serialized()
        let baseLoss =
            model.limits == nil ? nil : try encoder.model.baseLoss(of: segments, threads: encoder.threads)
        return try store.save(
            bytes, for: key, name: name, tokens: tokens, segments: segments.count,
            losses: encoding.losses.map { $0[0] }, baseLoss: baseLoss)
    }

    public func documents() throws -> [DocumentSummary] {
        try store.list(modelDigest: modelDigest).map {
            DocumentSummary(
                document: $0.key.document.description, name: $0.name, tokens: $0.tokens, bytes: $0.bytes,
                created: $0.created, lastUsed: $0.lastUsed)
        }
    }

    public func remove(document: String) throws -> Bool {
        guard let identifier = try? DocumentIdentifier(parsing: document) else { return false }
        hotAdapters.forget(AdapterKey(document: identifier, modelDigest: modelDigest))
        return try store.remove(document: identifier)
    }

    public func ask(document: String, question: String, sampling: SamplingOptions) throws -> Answer {
        let clock = ContinuousClock()
        let start = clock.now
        guard question.contains(where: { !$0.isWhitespace }) else { throw QuestionAnsweringError.emptyQuestion }
        let document = try hotAdapter(document)
        return try generator.answer(
            question, adapter: document.adapter, segments: document.segments, sampling: sampling, since: start)
    }

    /// The adapter of a learned document, for one task.
    ///
    /// - Throws: `QuestionAnsweringError.unknownDocument`.
    public func adapter(document: String) throws -> Adapter<Tensor<Float>> { try hotAdapter(document).adapter }

    private func hotAdapter(_ document: String) throws -> HotAdapters.Entry {
        guard let identifier = try? DocumentIdentifier(parsing: document),
            let entry = try hotAdapters.adapter(for: AdapterKey(document: identifier, modelDigest: modelDigest))
        else { throw QuestionAnsweringError.unknownDocument(document) }
        return entry
    }

    /// The configuration of the base model.
    public var modelConfiguration: ModelConfiguration { model.learned.configuration }

    public func status() throws -> ServiceStatus {
        let statistics = try store.statistics()
        return ServiceStatus(
            model: name, modelDigest: modelDigest.hexadecimal,
            cache: CacheStatus(
                path: store.path, documents: statistics.count, bytes: statistics.bytes, byteLimit: store.cacheBytes,
                hits: statistics.hits, misses: statistics.misses),
            uptime: (ContinuousClock.now - started).inSeconds)
    }
}

/// Lets one caller at a time work on a key; others with the same key wait for it, those with another do not.
final class SingleFlight: @unchecked Sendable {
    /// Guards `busy`, and wakes those who wait for a key.
    private let condition = NSCondition()
    private var busy: Set<AdapterKey> = []

    func run<Result>(_ key: AdapterKey, _ work: () throws -> Result) rethrows -> Result {
        condition.lock()
        while busy.contains(key) { condition.wait() }
        busy.insert(key)
        condition.unlock()
        defer {
            condition.lock()
            busy.remove(key)
            condition.broadcast()
            condition.unlock()
        }
        return try work()
    }
}
