import AdapterStore
import Foundation
import Testing
import TinyModels

@testable import DocumentService
@testable import PERKModel

@Suite struct DocumentListTests {
    @Test func documentsAreListedTheLatestUsedFirst() throws {
        let service = try TinyService()
        let first = try service.submit("Zoe lives in Oslo.", name: "zoe")
        let second = try service.submit("Omar is a baker.")
        let bytes = try service.storedBytes(of: "Omar is a baker.")?.count
        var list = try service.answerer.documents()
        #expect(list.map(\.document) == [second.document, first.document])
        #expect(list.map(\.name) == [nil, "zoe"] && list.map(\.tokens) == [second.tokens, first.tokens])
        #expect(list[0].bytes == bytes && list[0].created <= list[0].lastUsed)

        _ = try service.ask("Who?", about: first.document)
        list = try service.answerer.documents()
        #expect(list.map(\.document) == [first.document, second.document])
    }

    @Test func removedDocumentsAreForgotten() throws {
        let service = try TinyService()
        let document = try service.submit("Zoe lives in Oslo.").document
        let other = try service.submit("Omar is a baker.").document
        #expect(try service.answerer.remove(document: document))
        #expect(try !service.answerer.remove(document: document))
        #expect(try service.answerer.documents().map(\.document) == [other])
        #expect(throws: QuestionAnsweringError.unknownDocument(document)) { try service.ask("Who?", about: document) }
        #expect(try !service.submit("Zoe lives in Oslo.").cached)
    }

    @Test(arguments: ["", "sha256:", "sha256:" + String(repeating: "a", count: 64), "Zoe", "../cache.sqlite"])
    func removingWhatIsNotThereChangesNothing(document: String) throws {
        let service = try TinyService()
        try service.submit("Zoe lives in Oslo.")
        #expect(try !service.answerer.remove(document: document))
        #expect(try service.answerer.documents().count == 1)
    }

    @Test func statusTellsHowFullTheCacheIs() async throws {
        let folder = try TemporaryFolder()
        let service = try TinyService(path: folder.path("cache.sqlite"))
        let document = try service.submit("Zoe lives in Oslo.").document
        try service.submit("Zoe lives in Oslo.")
        _ = try service.ask("Who?", about: document)
        let status = try await service.service.status()
        #expect(status.model == "tiny" && status.uptime > 0 && status.version == "1.2.3")
        #expect(status.metaTrained && status.arithmetic == "float32")
        #expect(try status.modelDigest == service.model.modelDigest().hexadecimal)
        let cache = status.cache
        #expect(cache.path == folder.path("cache.sqlite") && cache.documents == 1 && cache.byteLimit == nil)
        #expect(cache.hits == 2 && cache.misses == 1)
        #expect(try cache.bytes == service.store.statistics().fileBytes)
        #expect(status.queue == QueueStatus(encoding: 0, waiting: 0) && status.limits == ServiceLimits())
    }
}
