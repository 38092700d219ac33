import Digests
import Foundation
import Testing

@testable import AdapterStore

struct AdapterStoreTests {
    private let damage = DamageLog()

    @Test func savedAdapterIsFoundUnderItsRecipeAlone() throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        let bytes = adapter(1)
        #expect(try store.adapter(for: key("a")) == nil)
        let saved = try store.save(bytes, document: "a")

        let found = try #require(try store.adapter(for: key("a")))
        #expect(found.bytes == bytes)
        #expect(found.document.key == key("a"))
        #expect(found.document.name == "a")
        #expect(found.document.tokens == 120)
        #expect(found.document.segments == 3)
        #expect(found.document.losses == [2.5, 1.25])
        #expect(found.document.bytes == 1000)
        #expect(found.document.created == saved.created)
        #expect(found.document.lastUsed >= saved.lastUsed)

        #expect(try store.adapter(for: key("a", modelDigest: otherModel)) == nil)
        #expect(try store.adapter(for: key("b")) == nil)
        let statistics = try store.statistics()
        #expect(statistics.count == 1)
        #expect(statistics.bytes == 1000)
        #expect(statistics.hits == 1)
        #expect(statistics.misses == 3)
        #expect(damage.all.isEmpty)
    }

    @Test func everythingPersistsAcrossReopening() throws {
        let folder = try TemporaryFolder()
        // More than one part, and a last one that is not full.
        let large = adapter(1, count: 2_500_000)
        let losses = [0.1, 1.0 / 3, .leastNonzeroMagnitude, -0.0, .greatestFiniteMagnitude]
        do {
            let store = try AdapterStore(path: folder.database, onDamage: damage.record)
            try store.save(large, for: key("a"), name: "né\0\u{1F600}", tokens: 7, segments: 1, losses: losses)
            try store.save(Data(), for: key("b"), name: nil, tokens: 0, segments: 0, losses: [])
        }
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        let found = try #require(try store.adapter(for: key("a")))
        #expect(found.bytes == large)
        #expect(found.document.name == "né\0\u{1F600}")
        #expect(found.document.losses.map(\.bitPattern) == losses.map(\.bitPattern))
        let empty = try #require(try store.adapter(for: key("b")))
        #expect(empty.bytes.isEmpty)
        #expect(empty.document.name == nil)
        #expect(empty.document.losses == [])
        #expect(try store.statistics().hits == 2)
        #expect(damage.all.isEmpty)
    }

    @Test func savingAgainReplaces() throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        try store.save(adapter(1), document: "a")
        try store.save(adapter(2, count: 10), document: "a")
        #expect(try store.adapter(for: key("a"))?.bytes == adapter(2, count: 10))
        #expect(try store.statistics().count == 1)
        #expect(try store.statistics().bytes == 10)
    }

    @Test func listTellsTheMostRecentlyUsedFirst() throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        for (seed, name) in ["a", "b", "c"].enumerated() {
            try store.save(adapter(UInt64(seed)), document: name)
        }
        try store.save(adapter(9), document: "other", modelDigest: otherModel)
        #expect(try store.names() == ["other", "c", "b", "a"])
        _ = try store.adapter(for: key("a"))
        #expect(try store.list(modelDigest: model).map(\.name) == ["a", "c", "b"])
        #expect(try store.list(modelDigest: otherModel).map(\.name) == ["other"])
        #expect(try store.list(modelDigest: Digest(of: Data())).isEmpty)
    }

    @Test func removingTakesADocumentOutOfEveryRecipe() throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        try store.save(adapter(1), document: "a")
        try store.save(adapter(2), document: "a", modelDigest: otherModel)
        try store.save(adapter(3), document: "b")
        #expect(try store.setPinned(true, document: key("a").document))

        #expect(try store.remove(document: key("a").document))
        #expect(try store.names() == ["b"])
        #expect(try store.adapter(for: key("a")) == nil)
        #expect(try !store.remove(document: key("a").document))
        #expect(try !store.save(adapter(1), document: "a").isPinned)
    }

    @Test func removingShrinksTheFile() throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        let empty = try store.statistics().fileBytes
        try store.save(adapter(1, count: 500_000), document: "a")
        #expect(try store.statistics().fileBytes > 500_000)
        try store.remove(document: key("a").document)
        #expect(try store.statistics().fileBytes <= empty + 8192)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func divergedEncodingIsNotKept(_ loss: Double) throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        #expect(throws: AdapterStoreError.nonFiniteLoss(document: key("a").document.description, step: 1)) {
            try store.save(adapter(1), for: key("a"), name: "a", tokens: 1, segments: 1, losses: [1, loss])
        }
        #expect(try store.list().isEmpty)
    }

    /// A slice of Data begins at an index of its own.
    @Test func slicesAreSavedWhole() throws {
        let store = try AdapterStore.inMemory(onDamage: damage.record)
        let bytes = adapter(1, count: 1_200_000)
        try store.save(bytes.dropFirst(100_000), document: "a")
        #expect(try store.adapter(for: key("a"))?.bytes == bytes.dropFirst(100_000))
    }
}
