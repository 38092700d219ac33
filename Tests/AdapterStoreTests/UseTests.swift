import Foundation
import GRDB
import Testing

@testable import AdapterStore

/// Uses are written in batches, and nothing that depends on them may notice.
struct UseTests {
    private let damage = DamageLog()

    /// The documents' names in the file, the most recently used first, as another program reads them.
    private func namesInFile(_ folder: TemporaryFolder) throws -> [String] {
        try DatabaseQueue(path: folder.database).read {
            try String.fetchAll($0, sql: "SELECT CAST(name AS TEXT) FROM adapter ORDER BY turn DESC")
        }
    }

    private func changes(_ folder: TemporaryFolder, during work: () throws -> Void) throws -> Bool {
        let observer = try DatabaseQueue(path: folder.database)
        func version() throws -> Int? { try observer.read { try Int.fetchOne($0, sql: "PRAGMA data_version") } }
        let before = try version()
        try work()
        return try version() != before
    }

    /// No use waits longer than a second, so only a trial that takes less tells something; a busy machine needs several.
    @Test func usesWaitForTheirBatch() throws {
        let clock = ContinuousClock()
        for _ in 0..<100 {
            let folder = try TemporaryFolder()
            let store = try AdapterStore(path: folder.database, onDamage: damage.record)
            for name in ["a", "b", "c"] { try store.save(adapter(1), document: name) }
            let start = clock.now
            let revision = try #require(try store.adapter(for: key("a"))).revision
            let writesOfUses = try changes(folder) {
                for _ in 0..<20 { _ = try store.reuse(key("a"), revision: revision) }
            }
            let writesOfBatch = try changes(folder) { try store.recordUses() }
            guard clock.now - start < .milliseconds(900) else { continue }
            #expect(!writesOfUses && writesOfBatch)
            #expect(try namesInFile(folder) == ["a", "c", "b"])
            #expect(try !changes(folder) { try store.recordUses() })
            #expect(try store.statistics().hits == 21)
            return
        }
        Issue.record("no trial took less than a second")
    }

    @Test func usesAreWrittenInTheirOrderBeforeAList() throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        for name in ["a", "b", "c", "d"] { try store.save(adapter(1), document: name) }
        let before = Date()
        for name in ["b", "d", "a", "b"] { _ = try store.adapter(for: key(name)) }
        #expect(try store.names() == ["b", "a", "d", "c"])
        let used = try store.list().map(\.lastUsed)
        #expect(used.prefix(3).allSatisfy { $0 >= before } && used[3] < before)
        #expect(used == used.sorted(by: >))
    }

    @Test func adaptersInUseAreNotEvicted() throws {
        let store = try AdapterStore.inMemory(cacheBytes: 380_000, onDamage: damage.record)
        for name in ["a", "b", "c"] { try store.save(adapter(1, count: 100_000), document: name) }
        let revision = try #require(try store.adapter(for: key("a"))).revision
        _ = try store.adapter(for: key("b"))
        #expect(try store.reuse(key("a"), revision: revision))
        try store.save(adapter(2, count: 200_000), document: "d")
        #expect(try store.names() == ["d", "a"])
    }

    /// Another process sees the uses at the latest a second after they happened, however idle this one is.
    @Test func usesAreWrittenByThemselves() throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        for name in ["a", "b"] { try store.save(adapter(1), document: name) }
        for name in ["a", "b"] {
            _ = try store.adapter(for: key(name))
            let deadline = Date() + 60
            while try namesInFile(folder).first != name, Date() < deadline { usleep(20_000) }
            #expect(try namesInFile(folder).first == name)
        }
    }

    @Test func usesAreWrittenWhenTheStoreGoes() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try AdapterStore(path: folder.database, onDamage: damage.record)
            for name in ["a", "b"] { try store.save(adapter(1), document: name) }
            _ = try store.adapter(for: key("a"))
        }
        #expect(try namesInFile(folder) == ["a", "b"])
    }

    @Test func revisionsEndWithTheirSaving() throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        let other = try AdapterStore(path: folder.database, onDamage: damage.record)
        try store.save(adapter(1), document: "a")
        let first = try #require(try store.adapter(for: key("a"))).revision
        #expect(try store.reuse(key("a"), revision: first) && other.reuse(key("a"), revision: first))
        #expect(try !store.reuse(key("a", modelDigest: otherModel), revision: first))

        try other.save(adapter(2), document: "a")
        #expect(try !store.reuse(key("a"), revision: first))
        let second = try #require(try store.adapter(for: key("a"))).revision
        #expect(try store.reuse(key("a"), revision: second))

        try other.remove(document: key("a").document)
        #expect(try !store.reuse(key("a"), revision: second))
        try other.save(adapter(2), document: "a")
        #expect(try !store.reuse(key("a"), revision: second))
        #expect(try store.statistics().hits == 4)
    }

    /// A use of what another process removed in the meantime brings nothing back.
    @Test func usesOfRemovedAdaptersAreDropped() throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        try store.save(adapter(1), document: "a")
        _ = try store.adapter(for: key("a"))
        try AdapterStore(path: folder.database, onDamage: damage.record).remove(document: key("a").document)
        try store.recordUses()
        #expect(try store.names().isEmpty)
    }
}
