import Foundation
import Testing

@testable import AdapterStore

struct RoomTests {
    private let damage = DamageLog()

    /// Room for three adapters of this size, beside the tables themselves, but not for four.
    private let adapterBytes = 100_000
    private let cacheBytes = 380_000

    private func store(holding documents: [String]) throws -> AdapterStore {
        let store = try AdapterStore.inMemory(cacheBytes: cacheBytes, onDamage: damage.record)
        for (seed, document) in documents.enumerated() {
            try store.save(adapter(UInt64(seed), count: adapterBytes), document: document)
        }
        return store
    }

    @Test func leastRecentlyUsedGoesFirst() throws {
        let store = try store(holding: ["a", "b", "c"])
        #expect(try store.names() == ["c", "b", "a"])
        #expect(try store.adapter(for: key("a")) != nil)

        try store.save(adapter(9, count: adapterBytes), document: "d")
        #expect(try store.names() == ["d", "a", "c"])
        try store.save(adapter(10, count: 2 * adapterBytes), document: "e")
        #expect(try store.names() == ["e", "d"])
        #expect(try store.statistics().evictions == 3)
        #expect(try store.adapter(for: key("d"))?.bytes == adapter(9, count: adapterBytes))
    }

    @Test func fileStaysWithinItsBound() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try AdapterStore(path: folder.database, cacheBytes: cacheBytes, onDamage: damage.record)
            for seed in 0..<20 {
                try store.save(adapter(UInt64(seed), count: adapterBytes / (1 + seed % 3)), document: "\(seed)")
                #expect(try store.statistics().fileBytes <= cacheBytes)
            }
            #expect(try store.statistics().count > 2)
        }
        let size = try FileManager.default.attributesOfItem(atPath: folder.database)[.size] as? Int
        #expect(try #require(size) <= cacheBytes)
    }

    @Test func lowerBoundIsKeptFromOpeningOn() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try AdapterStore(path: folder.database, onDamage: damage.record)
            for seed in 0..<5 {
                try store.save(adapter(UInt64(seed), count: adapterBytes), document: "\(seed)")
            }
        }
        let store = try AdapterStore(path: folder.database, cacheBytes: cacheBytes, onDamage: damage.record)
        #expect(try store.names() == ["4", "3", "2"])
        #expect(try store.statistics().evictions == 2)
        #expect(try store.statistics().fileBytes <= cacheBytes)
    }

    @Test func pinnedDocumentsStay() throws {
        let store = try store(holding: ["a", "b", "c"])
        #expect(try store.setPinned(true, document: key("a").document))
        try store.save(adapter(9, count: adapterBytes), document: "d")
        #expect(try store.names() == ["d", "c", "a"])
        #expect(try store.list().map(\.isPinned) == [false, false, true])
        #expect(try store.adapter(for: key("a"))?.document.isPinned == true)

        #expect(try store.setPinned(false, document: key("a").document))
        for name in ["e", "f", "g"] {
            try store.save(adapter(9, count: adapterBytes), document: name)
        }
        #expect(try store.names() == ["g", "f", "e"])
    }

    @Test func pinHoldsForEveryRecipe() throws {
        let store = try store(holding: ["a", "b"])
        try store.setPinned(true, document: key("a").document)
        #expect(try store.save(adapter(9, count: adapterBytes), document: "a", modelDigest: otherModel).isPinned)
        try store.save(adapter(10, count: adapterBytes), document: "c")
        #expect(try store.names() == ["c", "a", "a"])
    }

    @Test func unknownDocumentCannotBePinned() throws {
        let store = try store(holding: [])
        #expect(try !store.setPinned(true, document: key("a").document))
        #expect(try !store.save(adapter(1), document: "a").isPinned)
    }

    /// Nothing is dropped for an adapter that does not fit in the end.
    @Test func adapterBeyondTheBoundIsRefused() throws {
        let store = try store(holding: ["a", "b", "c"])
        try store.setPinned(true, document: key("a").document)
        try store.setPinned(true, document: key("b").document)
        let bytes = 2 * adapterBytes
        let refused = AdapterStoreError.exceedsLimit(
            document: key("d").document.description, bytes: bytes, cacheBytes: cacheBytes)
        #expect(throws: refused) {
            try store.save(adapter(9, count: bytes), document: "d")
        }
        #expect(try store.names() == ["c", "b", "a"])
        #expect(try store.adapter(for: key("c"))?.bytes == adapter(2, count: adapterBytes))
        #expect(try store.statistics().evictions == 0)
    }

    /// A bound that the pinned documents do not leave is refused, and nothing is dropped.
    @Test func boundBelowThePinnedDocumentsIsRefused() throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        for name in ["a", "b"] { try store.save(adapter(1, count: adapterBytes), document: name) }
        try store.setPinned(true, document: key("a").document)
        let error = #expect(throws: AdapterStoreError.self) {
            try AdapterStore(path: folder.database, cacheBytes: adapterBytes, onDamage: damage.record)
        }
        guard case .pinnedExceedLimit(folder.database, let bytes, adapterBytes) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(bytes > adapterBytes)
        #expect(try store.names() == ["b", "a"])
    }
}
