import Foundation
import Testing
import TinyModels

@testable import DocumentService
@testable import PERKModel

/// Documents that grow, collections, and names.
@Suite struct KeptTextTests {
    private static let text = "Zoe lives in Oslo."

    @Test func appendedTextIsLearnedWithWhatStandsBeforeIt() async throws {
        let service = try TinyService()
        let first = try await service.service.submit(
            SubmitRequest(text: Self.text, name: "people", keepText: true))
        let second = try await service.service.append(
            AppendRequest(document: first.document, text: "Omar is a baker."), progress: nil)
        #expect(second.previous == first.document && !second.cached)
        let whole = Self.text + "\nOmar is a baker."
        #expect(second.document == service.answerer.key(of: whole).document.description)
        let fresh = try TinyService()
        try fresh.submit(whole, name: "people")
        let bytes = try #require(try fresh.storedBytes(of: whole))
        #expect(try service.storedBytes(of: whole) == bytes)
        #expect(try await service.service.documents().map(\.name) == ["people", "people"])
        // It grows further.
        let third = try await service.service.append(
            AppendRequest(document: second.document, text: "The sea is near."), progress: nil)
        #expect(third.document == service.answerer.key(of: whole + "\nThe sea is near.").document.description)
    }

    @Test func nothingIsAppendedToATextThatIsNotKept() async throws {
        let service = try TinyService()
        let document = try await service.service.submit(SubmitRequest(text: Self.text)).document
        let request = AppendRequest(document: document, text: "Omar is a baker.")
        await #expect(throws: ServiceError.noTextKept(document: document)) {
            try await service.service.append(request, progress: nil)
        }
        // The document is known; its text comes with a second submission.
        #expect(try await service.service.submit(SubmitRequest(text: Self.text, keepText: true)).cached)
        #expect(try await service.service.append(request, progress: nil).previous == document)
        #expect(try await service.service.remove(document: document))
        await #expect(throws: ServiceError.noTextKept(document: document)) {
            try await service.service.append(request, progress: nil)
        }
        await #expect(throws: QuestionAnsweringError.unknownDocument("Zoe")) {
            try await service.service.append(AppendRequest(document: "Zoe", text: "a"), progress: nil)
        }
    }

    @Test func severalTextsAreOneDocumentOfNumberedParts() async throws {
        let service = try TinyService()
        let request = SubmitRequest(texts: ["Zoe lives in Oslo.", "Omar is a baker."])
        let document = try await service.service.submit(request).document
        let text = "Part 1.\nZoe lives in Oslo.\n\nPart 2.\nOmar is a baker."
        #expect(document == service.answerer.key(of: text).document.description)
        for texts in [[], ["a", " "]] {
            await #expect(throws: QuestionAnsweringError.emptyDocument) {
                try await service.service.submit(SubmitRequest(texts: texts))
            }
        }
        var both = SubmitRequest(text: "a")
        both.texts = ["b"]
        await #expect(throws: ServiceError.self) { try await service.service.submit(both) }
    }

    @Test func aNewNameReplacesTheOldOne() async throws {
        let service = try TinyService()
        _ = try await service.service.submit(SubmitRequest(text: Self.text, name: "old"))
        let bytes = try #require(try service.storedBytes(of: Self.text))
        let again = try await service.service.submit(SubmitRequest(text: Self.text, name: "new"))
        #expect(again.cached)
        #expect(try await service.service.documents().map(\.name) == ["new"])
        _ = try await service.service.submit(SubmitRequest(text: Self.text))
        #expect(try await service.service.documents().map(\.name) == ["new"])
        #expect(try service.storedBytes(of: Self.text) == bytes)
    }

    @Test func longNamesAreRefused() async throws {
        let service = try TinyService()
        let longest = String(repeating: "é", count: SubmitRequest.nameLimit)
        #expect(try await !service.service.submit(SubmitRequest(text: Self.text, name: longest)).cached)
        let error = await #expect(throws: ServiceError.self) {
            try await service.service.submit(SubmitRequest(text: Self.text, name: longest + "e"))
        }
        guard case .invalid("name", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func pinnedDocumentsAreListedAsSuch() async throws {
        let service = try TinyService()
        let document = try await service.service.submit(SubmitRequest(text: Self.text)).document
        try await service.service.setPinned(true, document: document)
        #expect(try await service.service.documents().map(\.pinned) == [true])
        try await service.service.setPinned(false, document: document)
        #expect(try await service.service.documents().map(\.pinned) == [false])
        for unknown in ["Zoe", "sha256:" + String(repeating: "0", count: 64)] {
            await #expect(throws: QuestionAnsweringError.unknownDocument(unknown)) {
                try await service.service.setPinned(true, document: unknown)
            }
        }
    }
}
