import Foundation
import GRDB
import Testing

@testable import AdapterStore

/// What a person does to a store.
struct MaintenanceTests {
    private let damage = DamageLog()

    private func filledStore(_ folder: TemporaryFolder) throws -> AdapterStore {
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        for (seed, name) in ["a", "b", "c"].enumerated() {
            try store.save(adapter(UInt64(seed), count: 50_000), document: name)
            try store.keep(text: name, of: key(name).document)
        }
        return store
    }

    @Test func verifyingFindsAndDropsWhatIsDamaged() throws {
        let folder = try TemporaryFolder()
        let store = try filledStore(folder)
        #expect(try store.verify() == 3 && damage.all.isEmpty)
        let before = try store.statistics()
        let queue = try DatabaseQueue(path: folder.database)
        try queue.write {
            try $0.execute(sql: "UPDATE part SET content = zeroblob(length(content)) WHERE adapter = 2")
            try $0.execute(
                sql: "UPDATE text SET content = zeroblob(9) WHERE document = ?",
                arguments: [
                    key("a").document.description
                ])
        }
        #expect(try store.verify() == 2)
        #expect(damage.all.map(\.document).sorted() == ["a", "b"].map { key($0).document.description }.sorted())
        #expect(try store.names() == ["c", "a"] && store.verify() == 2 && damage.all.count == 2)
        #expect(try store.text(of: key("a").document) == nil && store.text(of: key("c").document) == "c")
        // Looking at them is no use of them.
        #expect(try store.statistics().hits == before.hits)
    }

    @Test func clearingLeavesThePinnedUnlessToldOtherwise() throws {
        let folder = try TemporaryFolder()
        let store = try filledStore(folder)
        try store.setPinned(true, document: key("b").document)
        #expect(try store.removeAll(keepingPinned: true) == 2)
        #expect(try store.names() == ["b"])
        #expect(try store.removeAll(keepingPinned: false) == 1)
        #expect(try store.names().isEmpty)
        try store.save(adapter(1), document: "b")
        #expect(try store.list().map(\.isPinned) == [false])
    }

    @Test func compactingKeepsEverything() throws {
        let folder = try TemporaryFolder()
        let store = try filledStore(folder)
        // Rows of several adapters lie between each other, and every other goes.
        for seed in 0..<8 { try store.save(adapter(UInt64(seed), count: 9_000), document: "small \(seed)") }
        for seed in stride(from: 0, to: 8, by: 2) { try store.remove(document: key("small \(seed)").document) }
        let names = try store.names()
        let (before, after) = try store.compact()
        #expect(after <= before && after > 150_000)
        #expect(try store.names() == names && store.verify() == 7 && damage.all.isEmpty)
    }

    @Test func archivesCarryADocumentToAnotherStore() throws {
        let folder = try TemporaryFolder()
        let store = try filledStore(folder)
        try store.rename(key("a"), to: "ä\u{0}")
        try store.save(
            adapter(5), for: key("a", modelDigest: otherModel), name: nil, tokens: 1, segments: 1,
            losses: [0.1, 1e-300, 3], baseLoss: 0.1 + 0.2)
        let archives = try store.archives(of: key("a").document)
        #expect(archives.count == 2)
        let other = try AdapterStore.inMemory(onDamage: damage.record)
        for archive in archives {
            let read = try AdapterArchive(reading: archive.serialized(), path: "a.perk")
            #expect(read.adapter == archive.adapter && read.text == archive.text)
            try other.add(read)
        }
        for digest in [model, otherModel] {
            let key = key("a", modelDigest: digest)
            let (there, here) = (try #require(try other.adapter(for: key)), try #require(try store.adapter(for: key)))
            #expect(there.bytes == here.bytes && there.document.losses == here.document.losses)
            #expect(there.document.name == here.document.name && there.document.baseLoss == here.document.baseLoss)
        }
        #expect(try other.text(of: key("a").document) == "a" && damage.all.isEmpty)
        #expect(try store.archives(of: key("unknown").document).isEmpty)
    }

    /// Wherever a byte of an archive is another, or missing, it is refused.
    @Test func damagedArchivesAreRefused() throws {
        let folder = try TemporaryFolder()
        let store = try filledStore(folder)
        try store.save(adapter(1, count: 60), document: "a")
        let bytes = try #require(try store.archives(of: key("a").document).first).serialized()
        let created = try #require(bytes.range(of: Data(#""created":"#.utf8)))
        for index in bytes.indices {
            // When it was created is told to people alone.
            if (created.lowerBound..<created.upperBound + 20).contains(index) { continue }
            var damaged = bytes
            damaged[index] ^= 1
            #expect(throws: AdapterStoreError.self, "\(index)") { try AdapterArchive(reading: damaged, path: "a.perk") }
        }
        for count in [0, 1, 100, bytes.count - 1] {
            #expect(throws: AdapterStoreError.self) { try AdapterArchive(reading: bytes.prefix(count), path: "a.perk") }
        }
    }
}
