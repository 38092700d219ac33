import Foundation
import PERKModel

/// How far the encoding of a document has come; steps and segments are counted from 1.
public struct EncodingProgress: Codable, Sendable, Equatable {
    /// The inner step that is running.
    public var step: Int
    /// The number of inner steps.
    public var steps: Int
    /// The segment that was reached last within this step.
    public var segment: Int
    /// The number of segments of the document.
    public var segments: Int
    /// The inner loss before the step that was finished last; nil within the first.
    public var loss: Double?

    public init(step: Int, steps: Int, segment: Int, segments: Int, loss: Double? = nil) {
        (self.step, self.steps, self.segment, self.segments) = (step, steps, segment, segments)
        self.loss = loss
    }
}

/// A document that has been learned.
public struct SubmittedDocument: Codable, Sendable, Equatable {
    /// The identifier, "sha256:…".
    public var document: String
    /// The document that this one goes on with, where text was appended.
    public var previous: String?
    /// The document's length in tokens.
    public var tokens: Int
    /// The number of segments it was cut into.
    public var segments: Int
    /// Whether it had been learned, or was being learned, when it was submitted.
    public var cached: Bool
    /// The wall-clock time that submitting took.
    public var seconds: Double
    /// The inner loss before each inner step, as it was when the document was encoded.
    public var losses: [Double]
    /// Why answers about it deserve less trust; nothing where the model has no limits.
    public var warnings: [DocumentWarning]

    public init(
        document: String, previous: String? = nil, tokens: Int, segments: Int, cached: Bool, seconds: Double,
        losses: [Double], warnings: [DocumentWarning] = []
    ) {
        (self.document, self.previous) = (document, previous)
        (self.tokens, self.segments, self.cached) = (tokens, segments, cached)
        (self.seconds, self.losses, self.warnings) = (seconds, losses, warnings)
    }
}

/// One line of the list of known documents.
public struct DocumentSummary: Codable, Sendable, Equatable {
    /// The identifier, "sha256:…".
    public var document: String
    /// The label given when the document was submitted.
    public var name: String?
    /// The document's length in tokens.
    public var tokens: Int
    /// The size of its stored adapter in bytes.
    public var bytes: Int
    /// Whether it stays when the cache makes room.
    public var pinned: Bool
    /// When it was encoded.
    public var created: Date
    /// When it was last submitted or asked about.
    public var lastUsed: Date

    public init(
        document: String, name: String?, tokens: Int, bytes: Int, pinned: Bool, created: Date, lastUsed: Date
    ) {
        (self.document, self.name, self.tokens, self.bytes) = (document, name, tokens, bytes)
        (self.pinned, self.created, self.lastUsed) = (pinned, created, lastUsed)
    }
}

/// What a service is serving, and since when.
public struct ServiceStatus: Codable, Sendable, Equatable {
    /// The name or path of the model.
    public var model: String
    /// The digest of everything that decides what adapter a document gets.
    public var modelDigest: String
    /// Whether the start of learning was itself learned.
    public var metaTrained: Bool
    /// How documents are learned: "float32" or "bf16".
    public var arithmetic: String
    public var cache: CacheStatus
    public var queue: QueueStatus
    public var limits: ServiceLimits
    /// Seconds since the service was made.
    public var uptime: Double
    /// The program's.
    public var version: String

    public init(
        model: String, modelDigest: String, metaTrained: Bool, arithmetic: String, cache: CacheStatus,
        queue: QueueStatus, limits: ServiceLimits, uptime: Double, version: String
    ) {
        (self.model, self.modelDigest, self.metaTrained) = (model, modelDigest, metaTrained)
        (self.arithmetic, self.cache, self.queue) = (arithmetic, cache, queue)
        (self.limits, self.uptime, self.version) = (limits, uptime, version)
    }
}

/// How full the cache of adapters is, and how often it helped since the service was made.
public struct CacheStatus: Codable, Sendable, Equatable {
    /// The cache file; `:memory:` where adapters live in memory only.
    public var path: String
    /// The number of adapters in it.
    public var documents: Int
    /// The bytes that it takes.
    public var bytes: Int
    /// The most bytes that it may take, or nil for no bound.
    public var byteLimit: Int?
    /// The number of look-ups that found an adapter.
    public var hits: Int
    /// The number of look-ups that did not.
    public var misses: Int

    public init(path: String, documents: Int, bytes: Int, byteLimit: Int?, hits: Int, misses: Int) {
        (self.path, self.documents, self.bytes) = (path, documents, bytes)
        (self.byteLimit, self.hits, self.misses) = (byteLimit, hits, misses)
    }
}

/// How much work there is.
public struct QueueStatus: Codable, Sendable, Equatable {
    /// The documents that are being learned.
    public var encoding: Int
    /// The documents that wait to be learned, and the questions that wait to be answered.
    public var waiting: Int

    public init(encoding: Int, waiting: Int) { (self.encoding, self.waiting) = (encoding, waiting) }
}

/// What a service accepts at most.
public struct ServiceLimits: Codable, Sendable, Equatable {
    /// The bytes of a request, or of a document's file. Front ends see to it.
    public var requestBytes: Int
    /// The tokens of a document.
    public var documentTokens: Int
    /// The documents that may wait to be learned.
    public var waitingDocuments: Int
    /// The questions that may wait to be answered.
    public var waitingQuestions: Int

    public init(
        requestBytes: Int = 33_554_432, documentTokens: Int = 131_072, waitingDocuments: Int = 64,
        waitingQuestions: Int = 1024
    ) {
        (self.requestBytes, self.documentTokens) = (requestBytes, documentTokens)
        (self.waitingDocuments, self.waitingQuestions) = (waitingDocuments, waitingQuestions)
    }
}
