import Foundation
import GRDB

/// Opening the store's SQLite file, and putting a damaged one aside.
enum DatabaseFile {
    /// How long, in seconds, to wait for another process that holds the file locked: longer than several of them take in
    /// turn on a disk that is busy writing something else back.
    static let patience: TimeInterval = 120

    /// Opens the file in WAL mode, creating it where there is none, and brings its tables up to date. Nobody but its owner
    /// may read it.
    static func open(path: String) throws -> DatabasePool {
        do {
            create(path: path)
            let database = try DatabasePool(path: path, configuration: configuration(path: path))
            try Schema.migrate(database, path: path)
            // Files of earlier versions were open to others. Those of other users cannot be changed, and need not be.
            for suffix in suffixes { _ = chmod(path + suffix, ownersMode) }
            return database
        } catch let error as DatabaseError {
            throw AdapterStoreError(error, path: path)
        }
    }

    private static let suffixes = ["", "-wal", "-shm"]
    private static let ownersMode: mode_t = 0o600

    /// Makes an empty file where there is none; SQLite gives the files beside it the same mode.
    private static func create(path: String) {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, ownersMode)
        if descriptor >= 0 { close(descriptor) }
    }

    static func openInMemory(path: String) throws -> DatabaseQueue {
        do {
            let database = try DatabaseQueue(configuration: configuration(path: path))
            try Schema.migrate(database, path: path)
            return database
        } catch let error as DatabaseError {
            throw AdapterStoreError(error, path: path)
        }
    }

    /// Renames the file, and what belongs to it, to `<path>.damaged-<date>`; nothing is deleted.
    ///
    /// - Returns: The file's new path.
    static func moveAside(path: String) throws -> String {
        let date = Date().formatted(.iso8601.timeSeparator(.omitted))
        var aside = "\(path).damaged-\(date)"
        var number = 1
        while FileManager.default.fileExists(atPath: aside) {
            number += 1
            aside = "\(path).damaged-\(date)-\(number)"
        }
        do {
            for suffix in suffixes where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.moveItem(atPath: path + suffix, toPath: aside + suffix)
            }
        } catch {
            throw AdapterStoreError.cannotOpen(path: path, reason: error.localizedDescription)
        }
        return aside
    }

    private static func configuration(path: String) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { db in
            // Of a pool, GRDB gives the connections that only read ten seconds, whatever the mode says.
            try db.execute(sql: "PRAGMA busy_timeout = \(Int(patience * 1000))")
            guard !db.configuration.readonly else { return }
            try Schema.claim(db, path: path)
            // Large adapters make a large -wal file; this lets it shrink again.
            try db.execute(sql: "PRAGMA journal_size_limit = 0")
        }
        return configuration
    }
}
