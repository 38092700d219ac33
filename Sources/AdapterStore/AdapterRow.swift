import Digests
import Foundation
import GRDB

/// One row of the table `adapter`: everything about an adapter but its bytes, which lie in the table `part`.
struct AdapterRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "adapter"

    let document: String
    let recipe: String
    /// UTF-8. A blob, for SQLite's text ends at the first NUL, and a name is whatever a client sent.
    let name: Data?
    let tokens: Int
    let segments: Int
    let losses: [Double]
    let baseLoss: Double?
    let bytes: Int
    let checksum: String
    /// Seconds since 1970, as `lastUsed`.
    let created: Double
    let lastUsed: Double
    /// Counts the uses of all adapters, so that the least recent one is known even where the clock was set back.
    let turn: Int

    init(_ document: StoredDocument, checksum: Digest, turn: Int) {
        self.document = document.key.document.description
        self.recipe = document.key.recipe.hexadecimal
        self.name = document.name.map { Data($0.utf8) }
        self.tokens = document.tokens
        self.segments = document.segments
        self.losses = document.losses
        self.baseLoss = document.baseLoss
        self.bytes = document.bytes
        self.checksum = checksum.hexadecimal
        self.created = document.created.timeIntervalSince1970
        self.lastUsed = document.lastUsed.timeIntervalSince1970
        self.turn = turn
    }

    func storedDocument(isPinned: Bool) throws -> StoredDocument {
        StoredDocument(
            key: AdapterKey(
                document: try DocumentIdentifier(parsing: document), recipe: try Digest(parsing: recipe)),
            name: name.map { String(decoding: $0, as: UTF8.self) }, tokens: tokens, segments: segments, losses: losses,
            baseLoss: baseLoss, bytes: bytes, isPinned: isPinned, created: Date(timeIntervalSince1970: created),
            lastUsed: Date(timeIntervalSince1970: lastUsed))
    }
}

extension StoredDocument {
    /// The digest of all that is told of the adapter but when it was made and used, its bytes included.
    func checksum(of adapter: Data) -> Digest {
        var parts = [
            "document": Data(key.document.description.utf8),
            "recipe": Data(key.recipe.hexadecimal.utf8),
            "tokens": Data("\(tokens)".utf8),
            "segments": Data("\(segments)".utf8),
            "losses": Data("\(losses.map(\.bitPattern))".utf8),
            "adapter": adapter,
        ]
        parts["name"] = name.map { Data($0.utf8) }
        parts["baseLoss"] = baseLoss.map { Data("\($0.bitPattern)".utf8) }
        return Digest(parts: parts)
    }
}
