import AdapterStore
import Foundation
import ModelFiles
import Tensors
import Testing
import TinyModels

@testable import DocumentService
@testable import PERKModel

/// What is in memory is found there, and is never anything but what the store has at that moment.
@Suite struct HotAdaptersTests {
    /// Three learned documents, and room in memory for some of their adapters.
    private struct Documents {
        let store: AdapterStore
        let hot: HotAdapters
        let keys: [AdapterKey]

        init(path: String? = nil, room: Double) throws {
            let service = try TinyService(path: path)
            let modelDigest = try service.model.modelDigest()
            keys = try ["Zoe lives in Oslo.", "Omar is a baker.", "The sea is near."].map {
                try service.submit($0)
                return AdapterKey(document: DocumentIdentifier(of: Data($0.utf8)), modelDigest: modelDigest)
            }
            let layout = service.model.learned.adapter.layout
            let numbers = layout.shapes.reduce(0) { $0 + $1.reduce(1, *) }
            store = service.store
            hot = HotAdapters(store: store, layout: layout, byteLimit: Int(room * Double(4 * numbers)))
        }

        func kept(after order: [Int]) throws -> Set<Int> {
            for index in order { _ = try #require(try hot.adapter(for: keys[index])) }
            return Set(keys.indices.filter { hot.keys.contains(keys[$0]) })
        }
    }

    @Test(
        arguments: [
            (0, [0], []), (0.99, [0, 1], []), (1, [0, 1], [1]), (2.5, [0, 1, 2], [1, 2]), (2.5, [0, 1, 0, 2], [0, 2]),
            (2.5, [0, 1, 2, 0], [0, 2]), (3, [0, 1, 2], [0, 1, 2]),
        ] as [(Double, [Int], Set<Int>)])
    func leastRecentlyUsedMakesRoom(room: Double, order: [Int], kept: Set<Int>) throws {
        #expect(try Documents(room: room).kept(after: order) == kept)
    }

    @Test(arguments: [0.0, 3.0])
    func adaptersAreThoseOfTheStore(room: Double) throws {
        let documents = try Documents(room: room)
        for key in documents.keys + documents.keys {
            let adapter = try #require(try documents.hot.adapter(for: key)).adapter
            let stored = try #require(try documents.store.adapter(for: key))
            #expect(try SafeTensorsWriter(tensors: adapter.written()).serialized() == stored.bytes)
        }
        #expect(try documents.store.statistics().hits == 12)
    }

    /// By another process, as far as this one can tell.
    @Test func removalAndReplacementAreNoticed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("cache.sqlite")
        let documents = try Documents(path: path, room: 3)
        #expect(try documents.kept(after: [0, 1, 2]) == [0, 1, 2])
        let other = try AdapterStore(path: path, onDamage: { _ in })
        #expect(try other.remove(document: documents.keys[0].document))
        #expect(try documents.hot.adapter(for: documents.keys[0]) == nil)
        #expect(try documents.kept(after: []) == [1, 2])

        let replacement = try #require(try other.adapter(for: documents.keys[2])).bytes
        try other.save(replacement, for: documents.keys[1], name: nil, tokens: 9, segments: 77, losses: [1])
        let entry = try #require(try documents.hot.adapter(for: documents.keys[1]))
        #expect(try SafeTensorsWriter(tensors: entry.adapter.written()).serialized() == replacement)
        #expect(entry.segments == 77)
    }

    @Test func evictedAdaptersAreGone() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("cache.sqlite")
        let documents = try Documents(path: path, room: 3)
        #expect(try documents.kept(after: [2, 1, 0]) == [0, 1, 2])
        // Too little for two of them, and the second is pinned.
        try documents.store.setPinned(true, document: documents.keys[1].document)
        let statistics = try documents.store.statistics()
        let bound = statistics.fileBytes - statistics.bytes / 2
        #expect(try AdapterStore(path: path, cacheBytes: bound, onDamage: { _ in }).statistics().evictions == 2)
        #expect(try documents.hot.adapter(for: documents.keys[0]) == nil)
        #expect(try documents.hot.adapter(for: documents.keys[1]) != nil)
    }

    @Test func theServiceForgetsWhatItRemoves() throws {
        let service = try TinyService()
        let text = "Zoe lives in Oslo."
        let document = try service.submit(text).document
        let answer = try service.ask("Who?", about: document)
        #expect(try service.ask("Who?", about: document).logProbability == answer.logProbability)
        #expect(try service.answerer.remove(document: document))
        #expect(throws: QuestionAnsweringError.unknownDocument(document)) { try service.ask("Who?", about: document) }
        try service.submit(text)
        #expect(try service.ask("Who?", about: document).logProbability == answer.logProbability)
    }

    @Test func damageIsMetWhenTheAdapterIsReadAnew() throws {
        let documents = try Documents(room: 1)
        let key = documents.keys[0]
        try documents.store.save(Data("no adapter".utf8), for: key, name: nil, tokens: 1, segments: 1, losses: [1])
        for _ in 0..<2 { #expect(throws: (any Error).self) { try documents.hot.adapter(for: key) } }
        #expect(documents.hot.keys.isEmpty)
    }

    /// Threads ask while another removes and learns the documents again: each finds an adapter whole, or none.
    @Test func threadsMayAskAtOnce() throws {
        let folder = try TemporaryFolder()
        let documents = try Documents(path: folder.path("cache.sqlite"), room: 2)
        let stored = try documents.keys.map { try #require(try documents.store.adapter(for: $0)).bytes }
        let wrong = Recorder<Int>()
        let found = Recorder<Int>()
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for turn in 0..<40 {
                let index = (thread + turn) % 3
                let key = documents.keys[index]
                if thread == 0 {
                    _ = try? documents.store.remove(document: key.document)
                    _ = try? documents.store.save(
                        stored[index], for: key, name: nil, tokens: 1, segments: 1, losses: [1])
                } else if let entry = try? documents.hot.adapter(for: key) {
                    let bytes = try? SafeTensorsWriter(tensors: entry.adapter.written()).serialized()
                    (bytes == stored[index] ? found : wrong).record(index)
                }
            }
        }
        #expect(wrong.all.isEmpty && Set(found.all) == [0, 1, 2])
        #expect(documents.hot.keys.count <= 2)
    }
}
