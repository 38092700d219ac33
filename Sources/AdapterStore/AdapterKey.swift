import Digests
import Foundation

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

/// What an adapter is kept under: the document it was learned from and the recipe it was learned by.
public struct AdapterKey: Hashable, Sendable {
    public let document: DocumentIdentifier

    /// Digests of the base weights, the meta-checkpoint and the tokenizer, and every setting that changes the
    /// adapter, hashed together with ``Digest/init(parts:)``. Another recipe never finds this adapter.
    public let recipe: Digest

    public init(document: DocumentIdentifier, recipe: Digest) {
        self.document = document
        self.recipe = recipe
    }
}
