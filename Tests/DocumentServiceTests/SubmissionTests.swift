import AdapterStore
import Foundation
import LanguageModel
import Tensors
import Testing
import TestTimeLearning
import TinyModels

@testable import DocumentService
@testable import PERKModel

@Suite struct SubmissionTests {
    private static let text = "Zoe lives in Oslo. She is a baker.\n\nOmar likes football."

    @Test func documentsAreNamedByTheDigestOfTheirBytes() throws {
        let submitted = try TinyService().submit("abc")
        // FIPS 180-2, appendix B.1.
        #expect(
            submitted.document == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func figuresAreThoseOfTheDocument() throws {
        let service = try TinyService()
        let submitted = try service.submit(Self.text)
        let segments = try service.model.format.segments(of: Self.text, tokenizer: service.model.tokenizer)
        #expect(submitted.segments == 3 && segments.count == 3)
        #expect(submitted.tokens == segments.reduce(0) { $0 + $1.tokens.count })
        #expect(!submitted.cached && submitted.seconds > 0)
        #expect(submitted.losses.count == 2 && submitted.losses.allSatisfy { $0.isFinite && $0 > 0 })
    }

    @Test(arguments: ["", " ", "\n\t\r\n", "\u{A0}\u{2028}\u{3000}"])
    func documentsWithoutTextAreRefused(text: String) throws {
        let service = try TinyService()
        #expect(throws: QuestionAnsweringError.emptyDocument) { try service.submit(text) }
        #expect(try service.store.statistics().count == 0)
    }

    @Test func documentsOverTheLimitAreRefusedAndThoseAtItAreNot() throws {
        let tokens = try TinyService().submit(Self.text).tokens
        let service = try TinyService(maximumDocumentTokens: tokens - 1)
        #expect(throws: QuestionAnsweringError.documentTooLong(tokens: tokens, limit: tokens - 1)) {
            try service.submit(Self.text)
        }
        #expect(try service.store.statistics().count == 0)
        #expect(try TinyService(maximumDocumentTokens: tokens).submit(Self.text).tokens == tokens)
    }

    @Test func progressCountsStepsAndSegments() throws {
        let reports = Recorder<EncodingProgress>()
        let service = try TinyService()
        _ = try service.answerer.submit(text: Self.text, name: nil, progress: reports.record)
        let all = reports.all
        #expect(all.map(\.step) == all.map(\.step).sorted() && Set(all.map(\.step)) == [1, 2])
        #expect(all.allSatisfy { $0.steps == 2 && $0.segments == 3 && (1...3).contains($0.segment) })
        #expect(all.last?.segment == 3)
        _ = try service.answerer.submit(text: Self.text, name: nil, progress: reports.record)
        #expect(reports.all == all)
    }

    /// A model whose logits overflow, and rates that throw the adapter out of all bounds.
    static let divergences: [(step: Int, model: @Sendable () throws -> AnsweringModel)] = [
        (1, { try TinyModel.make().mappingWeights { $1.scaled(by: $0 == "model.norm.weight" ? 3e38 : 1) } }),
        (
            2,
            {
                var model = try TinyModel.make()
                model.learned.logRates = Tensor(repeating: 80, shape: model.learned.logRates.shape)
                return model
            }
        ),
        (
            2,
            {
                var model = try TinyModel.make()
                let count = model.learned.adapter.tensors.count
                model.learned.logRates = Tensor((0..<2 * count).map { $0 % 2 == 0 ? -5 : 90 }, shape: [count, 2])
                return model
            }
        ),
    ]

    @Test(arguments: divergences.indices)
    func divergingDocumentsAreRefusedAndNotStored(index: Int) throws {
        let service = try TinyService(model: Self.divergences[index].model())
        let error = #expect(throws: QuestionAnsweringError.self) { try service.submit(Self.text) }
        guard case .diverged(let step, let loss) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(step == Self.divergences[index].step && !loss.isFinite)
        #expect(try service.store.statistics().count == 0 && service.answerer.documents().isEmpty)
    }

    @Test func aModelThatReadsItsPromptLearnsNoDocument() throws {
        let folder = try TemporaryFolder()
        var model = try TinyModel.make()
        model.method = .inContext
        model.learned.setInnerSteps(0)
        try model.write(to: folder.path("model"))
        let read = try AnsweringModel(path: folder.path("model"))
        #expect(read.method == .inContext && read.learned.innerLoop.steps == 0)
        let error = #expect(throws: ModelReadsInPrompt.self) {
            try QuestionAnswerer(
                model: read, name: "tuned", store: .inMemory(onDamage: { _ in }), threads: 1,
                maximumDocumentTokens: 100)
        }
        #expect(error?.description.hasPrefix("tuned was trained with method: in-context") == true)
    }
}
