import Foundation
import GRDB
import Testing

@testable import AdapterStore

/// Texts and names beside the adapters.
struct TextTests {
    private let damage = DamageLog()

    @Test(arguments: ["a", "Zoé wohnt in Ōsaka. 👩‍👩‍👧", String(repeating: "Zoe lives in Oslo. ", count: 50_000)])
    func textsComeBackAsTheyWere(text: String) throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        try store.save(adapter(1), document: text)
        #expect(try store.text(of: key(text).document) == nil)
        try store.keep(text: text, of: key(text).document)
        #expect(try store.text(of: key(text).document) == text)
        #expect(CompressedText(text).bytes.count < max(64, text.utf8.count / 4))
    }

    @Test func textsGoWithTheLastAdapter() throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        try store.keep(text: "a", of: key("a").document)
        #expect(try store.text(of: key("a").document) == nil)
        try store.save(adapter(1), document: "a")
        try store.save(adapter(2), document: "a", modelDigest: otherModel)
        try store.keep(text: "a", of: key("a").document)
        // An adapter that is replaced keeps the text.
        try store.save(adapter(3), document: "a")
        #expect(try store.text(of: key("a").document) == "a")
        #expect(try store.adapter(for: key("a"))?.bytes == adapter(3))
        #expect(try store.adapter(for: key("a", modelDigest: otherModel))?.bytes == adapter(2))
        #expect(try store.remove(document: key("a").document))
        #expect(try store.text(of: key("a").document) == nil && damage.all.isEmpty)
    }

    @Test(arguments: [
        "UPDATE text SET content = x'789c'", "UPDATE text SET bytes = 3", "UPDATE text SET content = x''",
    ])
    func damagedTextsAreReportedAndDropped(damaging: String) throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        try store.save(adapter(1), document: "Zoe lives in Oslo.")
        try store.keep(text: "Zoe lives in Oslo.", of: key("Zoe lives in Oslo.").document)
        try DatabaseQueue(path: folder.database).write { try $0.execute(sql: damaging) }
        #expect(try store.text(of: key("Zoe lives in Oslo.").document) == nil)
        #expect(damage.all.count == 1)
        #expect(try store.text(of: key("Zoe lives in Oslo.").document) == nil && damage.all.count == 1)
        #expect(try store.adapter(for: key("Zoe lives in Oslo."))?.bytes == adapter(1))
    }

    /// Nothing is dropped for a text that does not fit in the end.
    @Test func textsCountTowardsTheBound() throws {
        let store = try AdapterStore.inMemory(cacheBytes: 380_000, onDamage: damage.record)
        for name in ["a", "b", "c"] { try store.save(adapter(1, count: 100_000), document: name) }
        let text = String(decoding: adapter(7, count: 60_000).map { 32 + $0 % 90 }, as: UTF8.self)
        try store.keep(text: text, of: key("b").document)
        #expect(try store.names() == ["c", "b"])
        try store.setPinned(true, document: key("c").document)
        try store.setPinned(true, document: key("b").document)
        try store.save(adapter(1, count: 1000), document: "d")
        let large = String(decoding: adapter(8, count: 900_000).map { 32 + $0 % 90 }, as: UTF8.self)
        #expect(throws: AdapterStoreError.self) { try store.keep(text: large, of: key("d").document) }
        #expect(try store.names() == ["d", "c", "b"])
    }

    @Test func namesAreReplaced() throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        try store.save(adapter(1), document: "a")
        let revision = try #require(try store.adapter(for: key("a"))).revision
        try store.rename(key("a"), to: "b\u{0}c")
        #expect(try store.name(of: key("a")) == "b\u{0}c")
        #expect(try store.adapter(for: key("a"))?.document.name == "b\u{0}c")
        #expect(try store.adapter(for: key("a"))?.bytes == adapter(1) && store.reuse(key("a"), revision: revision))
        try store.rename(key("a"), to: nil)
        #expect(try store.adapter(for: key("a"))?.document.name == nil && damage.all.isEmpty)
        try store.rename(key("unknown"), to: "x")
        #expect(try store.name(of: key("unknown")) == nil)
    }

    /// What was learned from private texts is private.
    @Test func filesAreTheOwnersAlone() throws {
        let folder = try TemporaryFolder()
        func modes() throws -> Set<Int> {
            try Set(
                folder.contents().map {
                    let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.url.path)/\($0)")
                    return try #require(attributes[.posixPermissions] as? Int)
                })
        }
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        try store.save(adapter(1), document: "a")
        #expect(try folder.contents().count == 3)
        #expect(try modes() == [0o600])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.database)
        withExtendedLifetime(try AdapterStore(path: folder.database, onDamage: damage.record)) {}
        #expect(try modes() == [0o600])
    }
}
