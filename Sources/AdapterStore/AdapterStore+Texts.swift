import Foundation
import GRDB

/// Texts that are kept, compressed, beside the adapters learned from them.
extension AdapterStore {
    /// Keeps a document's text as long as it has an adapter, and makes room for it as for an adapter. Does nothing where
    /// the document has none.
    ///
    /// - Throws: `exceedsLimit` where the text does not fit beside the pinned documents and those of `document`.
    public func keep(text: String, of document: DocumentIdentifier) throws {
        let compressed = CompressedText(text)
        try makeRoom { db in
            let ids = try Int64.fetchAll(
                db, sql: "SELECT id FROM adapter WHERE document = ?", arguments: [document.description])
            guard !ids.isEmpty else { return 0 }
            try db.execute(
                sql: "INSERT OR REPLACE INTO text (document, bytes, content) VALUES (?, ?, ?)",
                arguments: [document.description, compressed.textBytes, compressed.bytes])
            return try evict(from: db, for: document, bytes: compressed.bytes.count, keeping: ids)
        }
    }

    /// The text that is kept of a document; `nil` where none is, or it was damaged, which is reported and dropped.
    public func text(of document: DocumentIdentifier) throws -> String? {
        guard let compressed = try read({ try $0.compressedText(of: document) }) else { return nil }
        if let text = compressed.text(of: document) { return text }
        try write {
            try $0.execute(sql: "DELETE FROM text WHERE document = ?", arguments: [document.description])
        }
        onDamage(
            DamagedAdapter(path: path, document: document.description, reason: "its text is not that of the document"))
        return nil
    }

    /// Gives the document of an adapter another name, or none; nothing where there is no such adapter.
    public func rename(_ key: AdapterKey, to name: String?) throws {
        do {
            try write { try $0.rename(key, to: name) }
        } catch let damage as RowDamage {
            try drop(damage)
        }
    }

    /// What the document of an adapter is called.
    public func name(of key: AdapterKey) throws -> String? {
        let bytes = try read { db in
            try Data.fetchOne(
                db, sql: "SELECT name FROM adapter WHERE document = ? AND modelDigest = ?",
                arguments: [key.document.description, key.modelDigest.hexadecimal])
        }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Database {
    /// What is kept of a document's text, be it sound or not.
    func compressedText(of document: DocumentIdentifier) throws -> CompressedText? {
        let row = try Row.fetchOne(
            self, sql: "SELECT bytes, content FROM text WHERE document = ?", arguments: [document.description])
        return row.map { row in
            CompressedText(
                bytes: Data.fromDatabaseValue(row["content"]) ?? Data(),
                textBytes: Int.fromDatabaseValue(row["bytes"]) ?? 0)
        }
    }
}
