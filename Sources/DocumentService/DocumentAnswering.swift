import Foundation
import PERKModel

/// A service that learns documents and answers questions about them.
///
/// A document is learned once and is known afterwards by its identifier, `sha256:` followed by the hexadecimal digest
/// of its bytes. Every method may be called from several threads at once.
public protocol DocumentAnswering: Sendable {
    /// Learns a document, or finds it among those already learned.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - name: A label for people, shown by ``documents()``; it does not change the identifier.
    ///   - progress: Called now and then while the document is encoded, from any thread, and not at all for a cached one.
    /// - Throws: ``QuestionAnsweringError/emptyDocument``, ``QuestionAnsweringError/documentTooLong(tokens:limit:)`` or
    ///   ``QuestionAnsweringError/diverged(step:loss:)``. Nothing is stored when this throws.
    func submit(
        text: String, name: String?, progress: @escaping @Sendable (EncodingProgress) -> Void
    ) throws -> SubmittedDocument

    /// The documents that can be asked about without learning them again, most recently used first.
    func documents() throws -> [DocumentSummary]

    /// Forgets a document.
    ///
    /// - Returns: Whether it was known.
    func remove(document: String) throws -> Bool

    /// Answers a question about a learned document.
    ///
    /// - Throws: ``QuestionAnsweringError/unknownDocument(_:)``, ``QuestionAnsweringError/emptyQuestion`` or
    ///   ``QuestionAnsweringError/questionTooLong(tokens:limit:)``.
    func ask(document: String, question: String, sampling: SamplingOptions) throws -> Answer

    /// What is being served, and how full the cache is.
    func status() throws -> ServiceStatus
}

/// How far the encoding of a document has come; steps and segments are counted from 1.
public struct EncodingProgress: Sendable, Equatable {
    /// The inner step that is running.
    public var step: Int
    /// The number of inner steps.
    public var steps: Int
    /// The segment that was finished last within this step.
    public var segment: Int
    /// The number of segments of the document.
    public var segments: Int

    public init(step: Int, steps: Int, segment: Int, segments: Int) {
        self.step = step
        self.steps = steps
        self.segment = segment
        self.segments = segments
    }
}

/// A document that has been learned.
public struct SubmittedDocument: Sendable, Equatable {
    /// The identifier, "sha256:…".
    public var document: String
    /// The document's length in tokens.
    public var tokens: Int
    /// The number of segments it was cut into.
    public var segments: Int
    /// Whether the adapter came from the cache.
    public var cached: Bool
    /// The wall-clock time that submitting took.
    public var seconds: Double
    /// The inner loss before each inner step, as it was when the document was encoded.
    public var losses: [Double]
    /// Why answers about it deserve less trust; nothing where the model has no limits.
    public var warnings: [DocumentWarning]

    public init(
        document: String, tokens: Int, segments: Int, cached: Bool, seconds: Double, losses: [Double],
        warnings: [DocumentWarning] = []
    ) {
        self.document = document
        self.tokens = tokens
        self.segments = segments
        self.cached = cached
        self.seconds = seconds
        self.losses = losses
        self.warnings = warnings
    }
}

/// One line of the list of known documents.
public struct DocumentSummary: Sendable, Equatable {
    /// The identifier, "sha256:…".
    public var document: String
    /// The label given when the document was submitted.
    public var name: String?
    /// The document's length in tokens.
    public var tokens: Int
    /// The size of its stored adapter in bytes.
    public var bytes: Int
    /// When it was encoded.
    public var created: Date
    /// When it was last submitted or asked about.
    public var lastUsed: Date

    public init(document: String, name: String?, tokens: Int, bytes: Int, created: Date, lastUsed: Date) {
        self.document = document
        self.name = name
        self.tokens = tokens
        self.bytes = bytes
        self.created = created
        self.lastUsed = lastUsed
    }
}

/// What a service is serving, and since when.
public struct ServiceStatus: Sendable, Equatable {
    /// The name or path of the model.
    public var model: String
    /// The digest of everything that decides what adapter a document gets.
    public var modelDigest: String
    /// The cache of adapters, its path `:memory:` where adapters live in memory only; nil without one.
    public var cache: CacheStatus?
    /// Seconds since the service was made.
    public var uptime: Double

    public init(model: String, modelDigest: String, cache: CacheStatus?, uptime: Double) {
        self.model = model
        self.modelDigest = modelDigest
        self.cache = cache
        self.uptime = uptime
    }
}

/// How full the cache of adapters is, and how often it helped since the service was made.
public struct CacheStatus: Sendable, Equatable {
    /// The cache file.
    public var path: String
    /// The number of adapters in it.
    public var documents: Int
    /// The bytes that they take.
    public var bytes: Int
    /// The most bytes that they may take, or nil for no bound.
    public var byteLimit: Int?
    /// The number of look-ups that found an adapter.
    public var hits: Int
    /// The number of look-ups that did not.
    public var misses: Int

    public init(path: String, documents: Int, bytes: Int, byteLimit: Int?, hits: Int, misses: Int) {
        self.path = path
        self.documents = documents
        self.bytes = bytes
        self.byteLimit = byteLimit
        self.hits = hits
        self.misses = misses
    }
}
