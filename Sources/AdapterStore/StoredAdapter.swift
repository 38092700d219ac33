import Digests
import Foundation

/// An adapter as it was saved.
public struct StoredAdapter: Equatable, Sendable {
    public internal(set) var document: StoredDocument

    /// The adapter's own bytes, whose meaning is the caller's.
    public let bytes: Data

    /// Tells this saving from every other under the same key.
    public let revision: Int64
}

/// What the store tells of an adapter without reading it.
public struct StoredDocument: Equatable, Sendable {
    public let key: AdapterKey

    /// What the caller called the document.
    public internal(set) var name: String?

    /// The document's length in tokens.
    public let tokens: Int

    /// How many segments the document was cut into.
    public let segments: Int

    /// The loss at each inner step.
    public let losses: [Double]

    /// The mean loss of the base model alone on the document, where it was measured.
    public let baseLoss: Double?

    /// The adapter's size.
    public let bytes: Int

    /// Whether the document stays when the store makes room.
    public internal(set) var isPinned: Bool

    public let created: Date
    public internal(set) var lastUsed: Date
}

/// A row that did not read as it was written. The store has dropped it; the document has to be encoded anew.
public struct DamagedAdapter: Equatable, Sendable, CustomStringConvertible {
    /// The file, or ":memory:".
    public let path: String

    /// The document as the row names it, which may be part of the damage.
    public let document: String

    public let reason: String

    public var description: String {
        "the adapter of \(document) in \(path) was damaged (\(reason)) and has been dropped. Encode the document anew; "
            + "if this happens again, check the disk."
    }
}

/// How full the store is, and how it has served since it was opened.
public struct AdapterStatistics: Equatable, Sendable {
    /// Adapters in the file.
    public let count: Int

    /// Their sizes together.
    public let bytes: Int

    /// The size of the SQLite file itself.
    public let fileBytes: Int

    /// Lookups by this store that found an adapter.
    public let hits: Int

    /// Lookups by this store that found none, or a damaged one.
    public let misses: Int

    /// Adapters that this store has dropped to make room.
    public let evictions: Int
}

/// The name of a document: "sha256:" and the digest of its bytes.
public struct DocumentIdentifier: Hashable, Sendable {
    public let digest: Digest

    /// The identifier of the document that has these bytes.
    public init(of bytes: some DataProtocol) {
        digest = Digest(of: bytes)
    }

    /// Reads "sha256:" and 64 lower-case hexadecimal digits.
    ///
    /// - Throws: ``AdapterStoreError/malformedDocumentIdentifier(_:)``.
    public init(parsing text: String) throws {
        let digits = String(text.dropFirst(Self.prefix.count))
        guard text.hasPrefix(Self.prefix), let digest = try? Digest(parsing: digits) else {
            throw AdapterStoreError.malformedDocumentIdentifier(text)
        }
        self.digest = digest
    }

    private static let prefix = "sha256:"
}

extension DocumentIdentifier: CustomStringConvertible {
    public var description: String { Self.prefix + digest.hexadecimal }
}

/// What an adapter is kept under: the document it was learned from and the model that learned it.
public struct AdapterKey: Hashable, Sendable {
    public let document: DocumentIdentifier

    /// Digests of the base weights, the meta-checkpoint and the tokenizer, and every setting that changes the
    /// adapter, hashed together with ``Digest/init(parts:)``. Another model never finds this adapter.
    public let modelDigest: Digest

    public init(document: DocumentIdentifier, modelDigest: Digest) {
        self.document = document
        self.modelDigest = modelDigest
    }
}
