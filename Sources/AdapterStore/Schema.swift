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
