import Digests
import Foundation
import GRDB

/// The tables in the store's file, and how an older file is brought up to date.
enum Schema {
    /// Marks a file as an adapter store in SQLite's header (`PRAGMA application_id`): "PERK" in ASCII.
    static let applicationID = 0x5045_524B

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE adapter (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        document TEXT NOT NULL,
                        recipe TEXT NOT NULL,
                        name BLOB,
                        tokens INTEGER NOT NULL,
                        segments INTEGER NOT NULL,
                        losses TEXT NOT NULL,
                        bytes INTEGER NOT NULL,
                        checksum TEXT NOT NULL,
                        created REAL NOT NULL,
                        lastUsed REAL NOT NULL,
                        turn INTEGER NOT NULL,
                        UNIQUE (document, recipe)
                    ) STRICT;
                    CREATE INDEX adapterByTurn ON adapter (turn);
                    CREATE TABLE part (
                        adapter INTEGER NOT NULL REFERENCES adapter (id) ON DELETE CASCADE,
                        position INTEGER NOT NULL,
                        content BLOB NOT NULL,
                        PRIMARY KEY (adapter, position)
                    ) STRICT;
                    CREATE TABLE pin (document TEXT PRIMARY KEY) STRICT;
                    """)
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: "ALTER TABLE adapter ADD COLUMN baseLoss REAL")
        }
        migrator.registerMigration("3") { db in
            try db.execute(sql: "ALTER TABLE adapter RENAME COLUMN recipe TO modelDigest")
        }
        migrator.registerMigration("4") { db in
            // A text goes with the last adapter of its document.
            try db.execute(
                sql: """
                    CREATE TABLE text (
                        document TEXT PRIMARY KEY,
                        bytes INTEGER NOT NULL,
                        content BLOB NOT NULL
                    ) STRICT;
                    CREATE TRIGGER textGoesWithAdapter AFTER DELETE ON adapter
                    WHEN NOT EXISTS (SELECT 1 FROM adapter WHERE document = OLD.document)
                    BEGIN DELETE FROM text WHERE document = OLD.document; END;
                    """)
        }
        return migrator
    }

    /// Marks an empty file as an adapter store, before its first table is made; leaves one that is marked already.
    ///
    /// - Throws: ``AdapterStoreError/foreignFile(path:)`` where another program keeps the file, which stays untouched.
    static func claim(_ db: Database, path: String) throws {
        // In this order: where another process is creating the file just now, its mark comes before its tables.
        let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
        let mark = try Int.fetchOne(db, sql: "PRAGMA application_id")
        guard mark != applicationID else { return }
        guard mark == 0, objects == 0 else {
            throw AdapterStoreError.foreignFile(path: path)
        }
        // The way of freeing pages can only be chosen for an empty file.
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = \(applicationID)")
    }

    /// Brings the tables up to date.
    ///
    /// - Throws: ``AdapterStoreError/newerFile(path:)`` where a later version has written the file.
    static func migrate(_ database: any DatabaseWriter, path: String) throws {
        do {
            try migrator.migrate(database)
        } catch {
            // Another process may have migrated the file after this one looked.
            guard try database.read(migrator.hasCompletedMigrations) else { throw error }
        }
        guard try !database.read(migrator.hasBeenSuperseded) else {
            throw AdapterStoreError.newerFile(path: path)
        }
    }
}

/// One row of the table `adapter`: everything about an adapter but its bytes, which lie in the table `part`.
struct AdapterRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "adapter"

    let document: String
    let modelDigest: String
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
        self.modelDigest = document.key.modelDigest.hexadecimal
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
                document: try DocumentIdentifier(parsing: document), modelDigest: try Digest(parsing: modelDigest)),
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
            "recipe": Data(key.modelDigest.hexadecimal.utf8),
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
