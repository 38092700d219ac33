import Foundation
import GRDB

/// What a person does to a store that a service need not.
extension AdapterStore {
    /// Reads every adapter and every text. What is damaged is reported, as on any reading, and dropped. Counts as no use.
    ///
    /// - Returns: How many adapters are sound.
    /// - Throws: `damagedFile` where SQLite finds the file's structure damaged.
    public func verify() throws -> Int {
        let complaints = try read { try String.fetchAll($0, sql: "PRAGMA integrity_check(1)") }
        if let complaint = complaints.first, complaint != "ok" {
            throw AdapterStoreError.damagedFile(path: path, reason: complaint)
        }
        let documents = try list()
        let sound = try documents.filter { document in
            do {
                // One that another process has removed meanwhile is neither sound nor damaged.
                return try read { try $0.adapter(for: document.key) } != nil
            } catch let damage as RowDamage {
                try drop(damage)
                return false
            }
        }
        for document in Set(sound.map(\.key.document)) { _ = try text(of: document) }
        return sound.count
    }

    /// Removes every document, or every one that is not pinned.
    ///
    /// - Returns: How many adapters were removed.
    public func removeAll(keepingPinned: Bool) throws -> Int {
        try write { db in
            let kept = keepingPinned ? "SELECT document FROM pin" : ""
            try db.execute(sql: "DELETE FROM adapter WHERE document NOT IN (\(kept))")
            let removed = db.changesCount
            if !keepingPinned { try db.execute(sql: "DELETE FROM pin") }
            return removed
        }
    }

    /// Writes the file anew, without gaps, and gives what that frees back to the file system.
    ///
    /// - Returns: The bytes of the file before and after.
    public func compact() throws -> (before: Int, after: Int) {
        try recordUses()
        let before = try statistics().fileBytes
        try vacuum()
        return (before, try statistics().fileBytes)
    }

    /// A document with everything that is kept of it, under each model that learned it. Counts as no use.
    public func archives(of document: DocumentIdentifier) throws -> [AdapterArchive] {
        let keys = try list().map(\.key).filter { $0.document == document }
        return try keys.compactMap { key in
            do {
                return try read { db in
                    guard let stored = try db.adapter(for: key) else { return nil }
                    return AdapterArchive(
                        document: stored.document, adapter: stored.bytes, text: try db.compressedText(of: document))
                }
            } catch let damage as RowDamage {
                try drop(damage)
                return nil
            }
        }
    }

    /// Keeps what an archive holds, as if it had been learned here; in place of what is kept under the same key.
    ///
    /// - Throws: `exceedsLimit` where it does not fit.
    public func add(_ archive: AdapterArchive) throws {
        let document = archive.document
        try save(
            archive.adapter, for: document.key, name: document.name, tokens: document.tokens,
            segments: document.segments, losses: document.losses, baseLoss: document.baseLoss)
        if let text = archive.text?.text(of: document.key.document) {
            try keep(text: text, of: document.key.document)
        }
    }
}
