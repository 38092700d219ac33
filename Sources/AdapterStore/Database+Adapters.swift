import Digests
import Foundation
import GRDB

/// A row of the table `adapter` that does not read as it was written.
struct RowDamage: Error {
    let id: Int64
    let document: String
    let reason: String
}

/// Reading and writing whole adapters within one transaction.
extension Database {
    /// An adapter is stored in parts of this size, as SQLite bounds a single value (at about a gigabyte).
    private static var partBytes: Int { 1 << 20 }

    /// - Throws: ``RowDamage`` where the adapter does not read as it was written.
    func adapter(for key: AdapterKey) throws -> StoredAdapter? {
        let row = try Row.fetchOne(
            self, sql: "SELECT * FROM adapter WHERE document = ? AND modelDigest = ?",
            arguments: [key.document.description, key.modelDigest.hexadecimal])
        guard let row else { return nil }
        return try reportingDamage(to: row) { id in
            let (document, checksum) = try storedDocument(of: row)
            let bytes = try parts(of: id)
            guard document.key == key, document.bytes == bytes.count, document.checksum(of: bytes) == checksum else {
                throw RowDamage(id: id, document: key.document.description, reason: "its checksum does not match")
            }
            return StoredAdapter(document: document, bytes: bytes, revision: id)
        }
    }

    /// The row that has a key. SQLite uses no row's number twice.
    func revision(of key: AdapterKey) throws -> Int64? {
        try Int64.fetchOne(
            cachedStatement(sql: "SELECT id FROM adapter WHERE document = ? AND modelDigest = ?"),
            arguments: [key.document.description, key.modelDigest.hexadecimal])
    }

    /// What the store knows of its adapters, the most recently used first.
    func storedDocuments(modelDigest: Digest?) throws -> [Result<StoredDocument, RowDamage>] {
        let rows = try Row.fetchAll(
            self, sql: "SELECT * FROM adapter WHERE ?1 IS NULL OR modelDigest = ?1 ORDER BY turn DESC",
            arguments: [modelDigest?.hexadecimal])
        return try rows.map { row in
            do {
                return .success(try reportingDamage(to: row) { _ in try storedDocument(of: row).document })
            } catch let damage as RowDamage {
                return .failure(damage)
            }
        }
    }

    /// Writes an adapter in place of the one that has its key.
    func save(_ document: StoredDocument, adapter: Data, checksum: Digest) throws -> Int64 {
        let earlier = try revision(of: document.key)
        // The earlier one goes last, and with it no text of the document.
        try execute(sql: "UPDATE adapter SET modelDigest = '' WHERE id = ?", arguments: [earlier])
        try AdapterRow(document, checksum: checksum, turn: nextTurn()).insert(self)
        let id = lastInsertedRowID
        try execute(sql: "DELETE FROM adapter WHERE id = ?", arguments: [earlier])
        for (position, start) in stride(from: 0, to: adapter.count, by: Self.partBytes).enumerated() {
            try execute(
                sql: "INSERT INTO part (adapter, position, content) VALUES (?, ?, ?)",
                arguments: [id, position, adapter.dropFirst(start).prefix(Self.partBytes)])
        }
        return id
    }

    /// Gives the document of an adapter another name, in place.
    ///
    /// - Throws: ``RowDamage`` where the adapter does not read as it was written.
    func rename(_ key: AdapterKey, to name: String?) throws {
        guard let stored = try adapter(for: key) else { return }
        var document = stored.document
        document.name = name
        try execute(
            sql: "UPDATE adapter SET name = ?, checksum = ? WHERE id = ?",
            arguments: [name.map { Data($0.utf8) }, document.checksum(of: stored.bytes).hexadecimal, stored.revision])
    }

    func recordUse(of key: AdapterKey, at date: Date) throws {
        try execute(
            sql: "UPDATE adapter SET lastUsed = ?, turn = ? WHERE document = ? AND modelDigest = ?",
            arguments: [
                date.timeIntervalSince1970, nextTurn(), key.document.description, key.modelDigest.hexadecimal,
            ])
    }

    func isPinned(_ document: String) throws -> Bool {
        try Row.fetchOne(self, sql: "SELECT 1 FROM pin WHERE document = ?", arguments: [document]) != nil
    }

    private func nextTurn() throws -> Int {
        try Int.fetchOne(self, sql: "SELECT coalesce(max(turn), 0) + 1 FROM adapter") ?? 1
    }

    private func storedDocument(of row: Row) throws -> (document: StoredDocument, checksum: Digest) {
        let values = try AdapterRow(row: row)
        let document = try values.storedDocument(isPinned: isPinned(values.document))
        return (document, try Digest(parsing: values.checksum))
    }

    private func parts(of id: Int64) throws -> Data {
        var bytes = Data()
        let parts = try Data.fetchCursor(
            self, sql: "SELECT content FROM part WHERE adapter = ? ORDER BY position", arguments: [id])
        while let part = try parts.next() {
            bytes.append(part)
        }
        return bytes
    }

    /// Runs `body`, which reads a row, and ascribes to that row whatever it finds unreadable.
    private func reportingDamage<Value>(to row: Row, _ body: (Int64) throws -> Value) throws -> Value {
        // The column is SQLite's own row number, which is never anything but an integer.
        let id: Int64 = row["id"]
        do {
            return try body(id)
        } catch let error as DatabaseError where error.resultCode.primaryResultCode != .SQLITE_CORRUPT {
            throw error
        } catch let damage as RowDamage {
            throw damage
        } catch {
            let document = String.fromDatabaseValue(row["document"]) ?? "a document without a name"
            throw RowDamage(id: id, document: document, reason: "\(error)")
        }
    }
}

/// Keeping the file within its bound.
extension Database {
    /// The size of the file once the free pages at its end are given back.
    func usedBytes() throws -> Int {
        try pragma("page_size") * (pragma("page_count") - pragma("freelist_count"))
    }

    func fileBytes() throws -> Int {
        try pragma("page_size") * pragma("page_count")
    }

    /// Drops adapters, the least recently used first, until the file fits into `cacheBytes` or only pinned documents
    /// and the adapters `ids` are left.
    ///
    /// - Returns: How many adapters were dropped.
    func evict(toFit cacheBytes: Int, keeping ids: [Int64]) throws -> Int {
        let kept = ids.map(String.init).joined(separator: ", ")
        var evictions = 0
        while try usedBytes() > cacheBytes {
            try execute(
                sql: """
                    DELETE FROM adapter WHERE id = (
                        SELECT id FROM adapter
                        WHERE id NOT IN (\(kept)) AND document NOT IN (SELECT document FROM pin)
                        ORDER BY turn LIMIT 1)
                    """)
            guard changesCount > 0 else { break }
            evictions += 1
        }
        return evictions
    }

    func adapterCount() throws -> Int {
        try Int.fetchOne(self, sql: "SELECT count(*) FROM adapter") ?? 0
    }

    /// Gives free pages back to the file system.
    func releaseFreePages() throws {
        try execute(sql: "PRAGMA incremental_vacuum")
    }

    private func pragma(_ name: String) throws -> Int {
        try Int.fetchOne(self, sql: "PRAGMA \(name)") ?? 0
    }
}
