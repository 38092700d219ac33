import Digests
import Foundation
import GRDB
import Synchronization

/// Adapters kept in one SQLite file, by document and model, so that a document is encoded once.
///
/// The store sees bytes, never a tensor. What it gives back is what was saved, to the bit: every adapter carries a
/// checksum that is verified on reading, and one that fails is reported, dropped, and looks as if it had never been
/// saved. Saving is atomic. The file is in WAL mode; several threads and processes may use it at once, each process
/// through stores of its own.
///
/// Uses are written in batches: with the next change of the file, before a list is read, and otherwise within a second.
/// So this store evicts and lists by all uses of its own, and by those of other processes up to the last second. A
/// process that is killed loses the uses of its last second; one that ends records them.
///
/// All methods throw ``AdapterStoreError`` where SQLite fails. They wait for the disk, and for other processes.
public final class AdapterStore: Sendable {
    /// The file, or ":memory:".
    public let path: String

    /// The size that the file is kept within, in bytes; `nil` is no bound. The -wal file beside it comes on top: it grows
    /// with the largest adapter and shrinks again.
    public let cacheBytes: Int?

    /// Where a damaged file was moved to when this store was opened for recovery.
    public let damagedFile: String?

    private let database: any DatabaseWriter
    let exchange: ExchangeFolder?
    let onDamage: @Sendable (DamagedAdapter) -> Void
    private let counters = Mutex(Counters())
    private let uses = PendingUses()

    /// How long uses wait at most, in seconds, before they are written by themselves.
    private static let batchInterval: TimeInterval = 1

    private struct Counters {
        var hits = 0
        var misses = 0
        var evictions = 0
    }

    /// Opens the file, creating it where there is none; its folder must exist.
    ///
    /// - Parameters:
    ///   - recovering: Whether a damaged file is renamed to `<path>.damaged-<date>` and a new one begun. Other processes
    ///     that hold the damaged file open go on with the renamed one.
    ///   - exchange: Where adapters are shared with other stores; nil for nowhere.
    ///   - onDamage: Called for each damaged adapter that was dropped, on the thread that met it.
    /// - Throws: ``AdapterStoreError``, among others `damagedFile` where `recovering` is false, `foreignFile` and
    ///   `cannotOpen`.
    public convenience init(
        path: String, cacheBytes: Int? = nil, recovering: Bool = false, exchange: ExchangeFolder? = nil,
        onDamage: @escaping @Sendable (DamagedAdapter) -> Void
    ) throws {
        do {
            let database = try DatabaseFile.open(path: path)
            try self.init(
                database, path: path, cacheBytes: cacheBytes, damagedFile: nil, exchange: exchange, onDamage: onDamage)
        } catch AdapterStoreError.damagedFile where recovering {
            let damagedFile = try DatabaseFile.moveAside(path: path)
            let database = try DatabaseFile.open(path: path)
            try self.init(
                database, path: path, cacheBytes: cacheBytes, damagedFile: damagedFile, exchange: exchange,
                onDamage: onDamage)
        }
    }

    /// A store that lasts as long as the process.
    public static func inMemory(
        cacheBytes: Int? = nil, exchange: ExchangeFolder? = nil,
        onDamage: @escaping @Sendable (DamagedAdapter) -> Void
    ) throws -> AdapterStore {
        let database = try DatabaseFile.openInMemory(path: ":memory:")
        return try AdapterStore(
            database, path: ":memory:", cacheBytes: cacheBytes, damagedFile: nil, exchange: exchange, onDamage: onDamage
        )
    }

    private init(
        _ database: any DatabaseWriter, path: String, cacheBytes: Int?, damagedFile: String?, exchange: ExchangeFolder?,
        onDamage: @escaping @Sendable (DamagedAdapter) -> Void
    ) throws {
        self.database = database
        self.path = path
        self.cacheBytes = cacheBytes
        self.damagedFile = damagedFile
        self.exchange = exchange
        self.onDamage = onDamage
        guard let cacheBytes else { return }
        try makeRoom { db in
            let evictions = try db.evict(toFit: cacheBytes, keeping: [])
            let bytes = try db.usedBytes()
            // Where no document is left, what remains are the tables.
            guard try bytes <= cacheBytes || db.adapterCount() == 0 else {
                throw AdapterStoreError.pinnedExceedLimit(path: path, bytes: bytes, cacheBytes: cacheBytes)
            }
            return evictions
        }
    }

    deinit { try? recordUses() }

    /// The adapter of a document under a model, or `nil` where there is none or it was damaged. Counts as a use.
    public func adapter(for key: AdapterKey) throws -> StoredAdapter? {
        do {
            guard var adapter = try read({ try $0.adapter(for: key) }) ?? taken(key) else {
                counters.withLock { $0.misses += 1 }
                return nil
            }
            adapter.document.lastUsed = use(key)
            return adapter
        } catch let damage as RowDamage {
            counters.withLock { $0.misses += 1 }
            try drop(damage)
            return nil
        }
    }

    /// Whether an adapter that was read as `revision` is still what the store has under its key; if so, this counts as a
    /// use of it. Sees what other processes removed, evicted or replaced, by one look into an index, without reading the
    /// adapter or waiting for a writer.
    public func reuse(_ key: AdapterKey, revision: Int64) throws -> Bool {
        guard try read({ try $0.revision(of: key) }) == revision else { return false }
        use(key)
        return true
    }

    /// Counts a use, to be written with others.
    @discardableResult
    private func use(_ key: AdapterKey) -> Date {
        let now = Self.now
        counters.withLock { $0.hits += 1 }
        if uses.add(key, at: now) {
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.batchInterval) { [weak self] in
                self?.uses.beginRecording()
                // Where it fails, the uses wait for the next batch.
                try? self?.recordUses()
            }
        }
        return now
    }

    /// Writes the uses that wait for their batch.
    public func recordUses() throws {
        if !uses.all.isEmpty { try write { _ in } }
    }

    /// Keeps an adapter, in place of an earlier one with the same key, and makes room for it: the least recently used
    /// adapters of documents that are not pinned are dropped. Where it throws, the file is as it was.
    ///
    /// - Parameter baseLoss: the mean loss of the base model alone, where it was measured.
    /// - Throws: `nonFiniteLoss`; `exceedsLimit` where the adapter does not fit beside the pinned documents.
    @discardableResult
    public func save(
        _ adapter: Data, for key: AdapterKey, name: String?, tokens: Int, segments: Int, losses: [Double],
        baseLoss: Double? = nil
    ) throws -> StoredDocument {
        if let step = losses.firstIndex(where: { !$0.isFinite }) {
            throw AdapterStoreError.nonFiniteLoss(document: key.document.description, step: step)
        }
        let now = Self.now
        var document = StoredDocument(
            key: key, name: name, tokens: tokens, segments: segments, losses: losses, baseLoss: baseLoss,
            bytes: adapter.count, isPinned: false, created: now, lastUsed: now)
        let checksum = document.checksum(of: adapter)
        try makeRoom { db in
            let id = try db.save(document, adapter: adapter, checksum: checksum)
            document.isPinned = try db.isPinned(key.document.description)
            return try evict(from: db, for: key.document, bytes: adapter.count, keeping: [id])
        }
        exchange?.publish(AdapterArchive(document: document, adapter: adapter, text: nil))
        return document
    }

    /// What is kept, the most recently used first: all of it, or what one model learned.
    public func list(modelDigest: Digest? = nil) throws -> [StoredDocument] {
        try recordUses()
        return try read { try $0.storedDocuments(modelDigest: modelDigest) }.compactMap { row in
            switch row {
            case .success(let document):
                return document
            case .failure(let damage):
                try drop(damage)
                return nil
            }
        }
    }

    /// Removes a document under every model, and its pin, from where it is shared too.
    ///
    /// - Returns: Whether there was anything to remove.
    @discardableResult
    public func remove(document: DocumentIdentifier) throws -> Bool {
        exchange?.remove(document)
        return try write { db in
            try db.execute(sql: "DELETE FROM adapter WHERE document = ?", arguments: [document.description])
            let removed = db.changesCount > 0
            try db.execute(sql: "DELETE FROM pin WHERE document = ?", arguments: [document.description])
            return removed
        }
    }

    /// Pins a document, so that it stays when the store makes room, or lets it go again. A pin holds for every model.
    ///
    /// - Returns: Whether the document is kept here; one that is not cannot be pinned.
    @discardableResult
    public func setPinned(_ isPinned: Bool, document: DocumentIdentifier) throws -> Bool {
        try write { db in
            try db.execute(
                sql: isPinned
                    ? "INSERT OR IGNORE INTO pin SELECT document FROM adapter WHERE document = ?"
                    : "DELETE FROM pin WHERE document = ?",
                arguments: [document.description])
            return try Row.fetchOne(
                db, sql: "SELECT 1 FROM adapter WHERE document = ?", arguments: [document.description]) != nil
        }
    }

    public func statistics() throws -> AdapterStatistics {
        let counters = counters.withLock { $0 }
        return try read { db in
            AdapterStatistics(
                count: try db.adapterCount(),
                bytes: try Int.fetchOne(db, sql: "SELECT sum(bytes) FROM adapter") ?? 0,
                fileBytes: try db.fileBytes(), hits: counters.hits, misses: counters.misses,
                evictions: counters.evictions)
        }
    }

    /// The time as the file keeps it, in seconds since 1970; a Date can be a little finer.
    private static var now: Date {
        Date(timeIntervalSince1970: Date().timeIntervalSince1970)
    }

    func drop(_ damage: RowDamage) throws {
        try write { try $0.execute(sql: "DELETE FROM adapter WHERE id = ?", arguments: [damage.id]) }
        onDamage(DamagedAdapter(path: path, document: damage.document, reason: damage.reason))
    }

    /// Drops adapters until the file is within its bound.
    ///
    /// - Parameter ids: the rows that stay, those of `document`, for which room is made.
    /// - Returns: How many were dropped.
    /// - Throws: `exceedsLimit`, which undoes the transaction.
    func evict(
        from db: Database, for document: DocumentIdentifier, bytes: Int, keeping ids: [Int64]
    ) throws -> Int {
        guard let cacheBytes else { return 0 }
        let evictions = try db.evict(toFit: cacheBytes, keeping: ids)
        guard try db.usedBytes() <= cacheBytes else {
            throw AdapterStoreError.exceedsLimit(
                document: document.description, bytes: bytes, cacheBytes: cacheBytes)
        }
        return evictions
    }

    /// Runs a transaction that returns how many adapters it has dropped.
    func makeRoom(_ body: (Database) throws -> Int) throws {
        let evictions = try write(body)
        counters.withLock { $0.evictions += evictions }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try database.read(body)
        } catch let error as DatabaseError {
            throw AdapterStoreError(error, path: path)
        }
    }

    /// Writes the file anew, outside any transaction.
    func vacuum() throws {
        do {
            try database.vacuum()
        } catch let error as DatabaseError {
            throw AdapterStoreError(error, path: path)
        }
    }

    /// Runs `body`, after the uses until now, in a transaction that is undone where it throws.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try database.write { [uses] db in
                let recorded = uses.all
                for use in recorded { try db.recordUse(of: use.key, at: use.date) }
                db.afterNextTransaction { _ in uses.forget(recorded) }
                let value = try body(db)
                try db.releaseFreePages()
                return value
            }
        } catch let error as DatabaseError {
            throw AdapterStoreError(error, path: path)
        }
    }
}
