import Foundation

/// The name of a document: "sha256:" and the fingerprint of its bytes.
public struct DocumentIdentifier: Hashable, Sendable {
    public let fingerprint: Fingerprint

    /// The identifier of the document that has these bytes.
    public init(of bytes: some DataProtocol) {
        fingerprint = Fingerprint(of: bytes)
    }

    /// Reads "sha256:" and 64 lower-case hexadecimal digits.
    ///
    /// - Throws: ``AdapterStoreError/malformedDocumentIdentifier(_:)``.
    public init(parsing text: String) throws {
        let digits = String(text.dropFirst(Self.prefix.count))
        guard text.hasPrefix(Self.prefix), let fingerprint = try? Fingerprint(parsing: digits) else {
            throw AdapterStoreError.malformedDocumentIdentifier(text)
        }
        self.fingerprint = fingerprint
    }

    private static let prefix = "sha256:"
}

extension DocumentIdentifier: CustomStringConvertible {
    public var description: String { Self.prefix + fingerprint.hexadecimal }
}

/// What an adapter is kept under: the document it was learned from and the recipe it was learned by.
public struct AdapterKey: Hashable, Sendable {
    public let document: DocumentIdentifier

    /// Fingerprints of the base weights, the meta-checkpoint and the tokenizer, and every setting that changes the
    /// adapter, hashed together with ``Fingerprint/init(parts:)``. Another recipe never finds this adapter.
    public let recipe: Fingerprint

    public init(document: DocumentIdentifier, recipe: Fingerprint) {
        self.document = document
        self.recipe = recipe
    }
}
