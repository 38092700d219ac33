import Digests
import Foundation
import LanguageModel
import Tensors
import Testing
import TinyModels

@testable import PERKModel

/// The model's file.
private let gemma = ProcessInfo.processInfo.environment["PERK_TEST_GEMMA"] ?? ""

/// A real Gemma 3 against transformers, which read the same file; see Fixtures/gemma.
@Suite(.enabled(if: !gemma.isEmpty, "PERK_TEST_GEMMA names no file"), .serialized)
struct RealGemmaTests {
    private struct Reference: Decodable {
        let sha256, prompt, paragraph: String
        let ids, greedy, paragraphIDs: [Int]
        let perplexity: Double
    }

    private let base: BaseModel
    private let reference: Reference

    init() throws {
        let record = TinyModel.fixtures.appending(path: "gemma/reference.json")
        reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: record))
        base = try BaseModel(path: gemma)
    }

    @Test func theFileIsTheOneRecorded() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: gemma), options: .alwaysMapped)
        #expect(Digest(of: bytes).description.hasSuffix(reference.sha256))
    }

    @Test func greedyTokensAreThoseOfTransformers() throws {
        let continuation = try base.continuation(
            of: reference.prompt, sampling: SamplingOptions(maxTokens: reference.greedy.count))
        #expect(continuation.prompt == reference.ids)
        #expect(continuation.generation.tokens == reference.greedy, "\(continuation.text)")
    }

    @Test func perplexityIsThatOfTransformers() throws {
        let ids = try [base.tokenizer.bos] + base.tokenizer.encode(reference.paragraph)
        #expect(ids == reference.paragraphIDs)
        let model = Transformer<Tensor<Float>>(configuration: base.configuration, answeringWith: base.weights)
        let logProbabilities = model.logProbabilities(of: ids, adapters: [nil])[0]
        let perplexity = exp(-logProbabilities.reduce(0, +) / Double(logProbabilities.count))
        #expect(abs(perplexity / reference.perplexity - 1) < 1e-2, "\(perplexity)")
    }
}
