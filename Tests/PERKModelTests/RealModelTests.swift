import Foundation
import LanguageModel
import Tensors
import Testing
import TestTimeLearning
import TinyModels

@testable import PERKModel

/// A pretrained model of real size against transformers, which read the same file.
@Suite(.enabled(if: !RealModel.path.isEmpty, "PERK_TEST_SMOLLM2 names no file"), .serialized)
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

    /// In bfloat16 the gradient through φ_T alone points the same way as in floats. The exact meta-gradient does not: AdamW's
    /// steps are steep where a gradient is small, and the rounding of such gradients is multiplied with their slope.
    @Test(.enabled(if: Arithmetic.bf16.inForce == .bf16, "this processor has no instructions for bfloat16"))
    func theFirstOrderGradientInBFloat16IsThatInFloats() throws {
        var configuration = PERKConfiguration()
        configuration.adapter.layers = .top(8)
        configuration.inner.steps = 2
        var start = FreshStart()
        start.initialRate = 1e-3
        var model = try AnsweringModel(fresh: base, configuration: configuration, start: start, seed: 1)
        let text = try String(contentsOf: TinyModel.fixtures.appending(path: "smollm2/paragraph.txt"), encoding: .utf8)
        let question = try model.format.prompt(for: "What is this about?", segments: 1, tokenizer: model.tokenizer)
        let task = DocumentEncoder<Float>.Task(
            segments: try model.format.segments(of: text, tokenizer: model.tokenizer),
            questions: [TokenSequence(tokens: question + question, firstTarget: question.count)])
        func gradient(_ arithmetic: Arithmetic) throws -> [Tensor<Float>] {
            model.learned.arithmetic = arithmetic
            return try DocumentEncoder(model: model.learned, threads: 2).metaGradient([task]).gradients.adapter
        }
        func product(_ left: [Tensor<Float>], _ right: [Tensor<Float>]) -> Double {
            zip(left, right).reduce(0) { $0 + $1.0.dot($1.1) }
        }
        func cosine() throws -> Double {
            let (floats, pairs) = (try gradient(.float32), try gradient(.bf16))
            return product(floats, pairs) / (product(floats, floats) * product(pairs, pairs)).squareRoot()
        }
        print("cosine of the exact meta-gradients in bf16 and float32: \(try cosine())")
        model.learned.innerLoop.truncatedSteps = 2
        let firstOrder = try cosine()
        #expect(firstOrder >= 0.999 && firstOrder < 1)
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

    /// 4,000 tokens of README.md by the weights as answers are computed with them, against the same weights dequantized.
    @Test func answeringChangesNoPerplexity() throws {
        let text = try String(contentsOf: TinyModel.fixtures.appending(path: "../README.md"), encoding: .utf8)
        let ids = try Array(base.tokenizer.encode(text).prefix(4000))
        #expect(ids.count == 4000)
        let dequantized = perplexity(of: ids, Transformer(configuration: base.configuration, frozen: base.weights))
        let answering = perplexity(
            of: ids, Transformer(configuration: base.configuration, answeringWith: base.weights))
        #expect(abs(answering / dequantized - 1) < 2e-3, "\(answering) against \(dequantized)")
        #expect(answering != dequantized)
    }

    /// Read in portions of 500 tokens, so that the logits of one portion at a time are held.
    private func perplexity(of ids: [Int], _ model: Transformer<Tensor<Float>>) -> Double {
        let sequence = ContinuedSequence<Float>(adapter: nil, cache: KeyValueCache(for: base.configuration))
        var losses: [Double] = []
        for first in stride(from: 0, to: ids.count - 1, by: 500) {
            let tokens = Array(ids[first..<min(first + 500, ids.count - 1)])
            let hidden = model.hiddenStates(continuing: [sequence], with: [tokens])
            let targets = ids[first + 1...first + tokens.count].map { Int32($0) }
            let portion = model.crossEntropies(
                hidden.reshaped([tokens.count, base.configuration.width]), targets: targets)
            losses += portion.value.scalars.map(Double.init)
        }
        return exp(losses.reduce(0, +) / Double(losses.count))
    }
}
