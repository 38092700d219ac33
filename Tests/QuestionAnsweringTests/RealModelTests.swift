import Foundation
import LanguageModel
import Tensors
import Testing

@testable import QuestionAnswering

/// A pretrained model of real size against transformers, which read the same file.
@Suite(.enabled(if: !RealModel.path.isEmpty, "PERK_MODEL names no file"), .serialized)
struct RealModelTests {
    private let base: BaseModel
    private let reference: RealModel

    init() throws {
        base = try BaseModel(path: RealModel.path)
        reference = try RealModel.reference()
    }

    @Test func greedyTokensAreThoseOfTransformers() throws {
        for prompt in reference.prompts {
            let limit = prompt.greedy.count + (prompt.ended ? 1 : 0)
            let continuation = try base.continuation(of: prompt.text, sampling: SamplingOptions(maxTokens: limit))
            #expect(continuation.prompt == prompt.ids)
            #expect(continuation.generation.tokens == prompt.greedy, "\(prompt.text) → \(continuation.text)")
            #expect(continuation.generation.stopped == prompt.ended)
        }
        #expect(reference.prompts.contains(where: \.ended) && reference.prompts.contains { !$0.ended })
    }

    @Test func thePerplexityIsThatOfTransformers() throws {
        let text = try String(contentsOf: TinyModel.fixtures.appending(path: "smollm2/paragraph.txt"), encoding: .utf8)
        let ids = try base.tokenizer.encode(text)
        #expect(ids == reference.paragraph.ids)
        #expect(try base.tokenizer.decode(ids) == text)
        let model = Transformer<Tensor<Float>>(configuration: base.configuration, frozen: base.weights)
        let batch = TokenBatch([[TokenSequence(tokens: ids)]])
        let hidden = model.hiddenStates(batch, adapter: nil).gatheringRows(batch.predictingRows)
        let losses = model.crossEntropies(hidden, targets: batch.targets).value.scalars.map(Double.init)
        let perplexity = exp(losses.reduce(0, +) / Double(losses.count))
        #expect(abs(perplexity / reference.paragraph.perplexity - 1) < 1e-3, "\(perplexity)")
    }
}
