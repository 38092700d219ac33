import AdapterStore
import Foundation
import Testing
import TinyModels

@testable import DocumentService
@testable import PERKModel

/// A document is learned once; what the store gives back is what learning it again would give.
@Suite struct CachingTests {
    private static let text = "Zoe lives in Oslo. She is a baker. Omar likes football.\n\nThe sea is near. It is cold."

    @Test func secondSubmissionComesFromTheCache() throws {
        let service = try TinyService()
        let first = try service.submit(Self.text)
        let second = try service.submit(Self.text)
        #expect(!first.cached && second.cached)
        #expect(second.document == first.document && second.losses == first.losses)
        #expect(second.tokens == first.tokens && second.segments == first.segments)
        #expect(try service.submit(Self.text + " ").cached == false)
    }

    @Test(arguments: [1, 2, 3])
    func adapterIsTheSameToTheBitOnAnyNumberOfThreads(threads: Int) throws {
        let text = Array(repeating: Self.text, count: 4).joined(separator: " ")
        let one = try TinyService(threads: 1)
        let losses = try one.submit(text).losses
        let other = try TinyService(threads: threads)
        #expect(try other.submit(text).losses == losses)
        let bytes = try #require(try one.storedBytes(of: text))
        #expect(try other.storedBytes(of: text) == bytes)
    }

    @Test func documentsOutlastTheProcess() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("cache.sqlite")
        let question = "Where does Zoe live?"
        let first = try TinyService(path: path)
        let submitted = try first.submit(Self.text, name: "people")
        let answer = try first.ask(question, about: submitted.document)

        let second = try TinyService(path: path)
        #expect(try second.answerer.documents().map(\.name) == ["people"])
        #expect(try second.ask(question, about: submitted.document).logProbability == answer.logProbability)
        #expect(try second.submit(Self.text).cached)
        #expect(try second.storedBytes(of: Self.text) == first.storedBytes(of: Self.text))
    }

    @Test func anotherModelNeverFindsTheAdapter() throws {
        let store = try AdapterStore.inMemory(onDamage: { _ in })
        let first = try TinyService(store: store)
        let second = try TinyService(model: TinyModel.make(seed: 2), store: store)
        let document = try first.submit(Self.text).document
        #expect(try second.answerer.documents().isEmpty)
        #expect(throws: QuestionAnsweringError.unknownDocument(document)) { try second.ask("Who?", about: document) }
        #expect(try !second.submit(Self.text).cached)
        #expect(try first.submit(Self.text).cached)
        #expect(try first.storedBytes(of: Self.text) != second.storedBytes(of: Self.text))
    }

    @Test func damagedAdapterIsReportedAndLearnedAnew() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("cache.sqlite")
        let bytes = try {
            let service = try TinyService(path: path)
            try service.submit(Self.text)
            return try #require(try service.storedBytes(of: Self.text))
        }()
        // The closed file holds the adapter's bytes, in pieces no smaller than this.
        var file = try Data(contentsOf: URL(fileURLWithPath: path))
        let end = try #require(file.range(of: bytes.suffix(64)))
        file[end.lowerBound] ^= 1
        try file.write(to: URL(fileURLWithPath: path))

        let damage = Recorder<DamagedAdapter>()
        let service = try TinyService(path: path, onDamage: damage.record)
        #expect(try !service.submit(Self.text).cached)
        #expect(damage.all.count == 1)
        #expect(try service.storedBytes(of: Self.text) == bytes)
        #expect(try service.submit(Self.text).cached)
    }
}
