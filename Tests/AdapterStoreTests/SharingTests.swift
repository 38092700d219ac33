import Foundation
import GRDB
import Testing

@testable import AdapterStore

/// Several stores on one file, as several processes have them.
struct SharingTests {
    private let damage = DamageLog()

    @Test func secondStoreSeesTheFirstsAdapters() throws {
        let folder = try TemporaryFolder()
        let first = try AdapterStore(path: folder.database, onDamage: damage.record)
        let second = try AdapterStore(path: folder.database, onDamage: damage.record)
        try first.save(adapter(1), document: "a")
        #expect(try second.adapter(for: key("a"))?.bytes == adapter(1))
        #expect(try second.remove(document: key("a").document))
        #expect(try first.adapter(for: key("a")) == nil)
    }

    @Test func threadsShareOneFile() async throws {
        let folder = try TemporaryFolder()
        let stores = [
            try AdapterStore(path: folder.database, onDamage: damage.record),
            try AdapterStore(path: folder.database, onDamage: damage.record),
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<6 {
                group.addTask {
                    let (own, other) = (stores[thread % 2], stores[(thread + 1) % 2])
                    for turn in 0..<10 {
                        // Every thread writes documents of its own, and one that all of them write.
                        try own.save(adapter(UInt64(thread * 100 + turn), count: 30_000), document: "\(thread) \(turn)")
                        try own.save(adapter(9999, count: 30_000), document: "common")
                        let found = try other.adapter(for: key("\(thread) \(turn)"))
                        #expect(found?.bytes == adapter(UInt64(thread * 100 + turn), count: 30_000))
                        #expect(try other.adapter(for: key("common"))?.bytes == adapter(9999, count: 30_000))
                    }
                }
            }
            try await group.waitForAll()
        }
        for store in stores {
            #expect(try store.statistics().count == 61)
        }
        #expect(try stores.reduce(0) { try $0 + $1.statistics().hits } == 120)
        #expect(damage.all.isEmpty)
    }

    /// A reader meets a locked file where the last other connection is closing it, or one is recovering it.
    @Test func readersAreAsPatientAsWriters() throws {
        let folder = try TemporaryFolder()
        let database = try DatabaseFile.open(path: folder.database)
        let milliseconds = Int(DatabaseFile.patience * 1000)
        #expect(try database.read { try Int.fetchOne($0, sql: "PRAGMA busy_timeout") } == milliseconds)
        #expect(try database.write { try Int.fetchOne($0, sql: "PRAGMA busy_timeout") } == milliseconds)
    }

    @Test func threadsOpenANewFileAtOnce() async throws {
        for _ in 0..<5 {
            let folder = try TemporaryFolder()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for thread in 0..<6 {
                    group.addTask {
                        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
                        try store.save(adapter(UInt64(thread)), document: "\(thread)")
                    }
                }
                try await group.waitForAll()
            }
            let store = try AdapterStore(path: folder.database, onDamage: damage.record)
            #expect(try Set(store.names()) == Set((0..<6).map { "\($0)" }))
        }
    }
}
