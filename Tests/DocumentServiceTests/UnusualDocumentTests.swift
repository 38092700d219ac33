import Foundation
import Testing
import TestTimeLearning
import TinyModels

@testable import DocumentService
@testable import PERKModel

/// Whatever text comes, it is learned or refused, and the service lives on.
@Suite struct UnusualDocumentTests {
    private func service() throws -> TinyService {
        try TinyService(
            model: TinyModel.make(innerLoop: InnerLoopConfiguration(steps: 1, microBatchTokens: 1024)),
            maximumDocumentTokens: 60_000)
    }

    @Test(arguments: [
        "a", ".", "\u{0}", "Zoe\u{0} lives\u{0}.", "👩‍👩‍👧‍👦🏳️‍🌈", "?!...…–—\"'()[]{}<>", "a\u{FEFF}", "\u{200B}", "\u{202E}abc",
        "\u{FFFF}\u{FFFD}", "\u{1}\u{7F}\u{9F}", "e" + String(repeating: "\u{301}", count: 5_000), "<s></s><pad><0x41>",
        "▁▁▁", "{question} Answer:", "北京是中国的首都。上海很大。", "عاشت زوي في أوسلو.", String(repeating: "\n.", count: 500),
    ])
    func unusualTextsAreLearned(text: String) throws {
        let service = try service()
        let submitted = try service.submit(text, name: text)
        #expect(submitted.segments > 0 && submitted.tokens > 2)
        #expect(try service.submit(text).cached)
        #expect(try service.answerer.documents().first?.name == text)
        _ = try service.ask("Who?", about: submitted.document, sampling: SamplingOptions(maxTokens: 1))
    }
}

extension UnusualDocumentTests {
    @Test func sentenceOfTenThousandWordsIsLearned() throws {
        let submitted = try service().submit(String(repeating: "here ", count: 10_000) + "end.")
        #expect(submitted.tokens > 10_000)
        // Cut at 32 tokens, two of which are beginning and end.
        #expect(submitted.segments == (submitted.tokens - 2 * submitted.segments + 29) / 30)
    }

    @Test func megabyteOfOneLetterIsRefusedByItsLength() throws {
        let service = try service()
        let error = #expect(throws: QuestionAnsweringError.self) {
            try service.submit(String(repeating: "a", count: 1_000_000))
        }
        guard case .documentTooLong(let tokens, limit: 60_000) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tokens > 60_000)
        #expect(try service.store.statistics().count == 0)
    }
}
