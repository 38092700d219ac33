import LanguageModel
import SeededRandom
import Tensors
import Testing
import TinyModels

@testable import PERKModel

@Suite struct PromptCacheTests {
    private let model: AnsweringModel

    init() throws { model = try TinyModel.make(maximumPositions: 512) }

    /// Random tokens, of which neither the first nor the last two of the vocabulary are special.
    private func tokens(_ count: Int, seed: UInt64) -> [Int] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in 4 + Int(random.next() % UInt64(model.tokenizer.vocabularySize - 8)) }
    }

    private func answer(_ prompt: [Int], _ cache: PromptCache? = nil) throws -> Answer {
        try AnswerGenerator(model: model, threads: 2).answer(
            toPrompt: prompt, endTokens: [model.tokenizer.eos], sampling: SamplingOptions(maxTokens: 12), cache: cache)
    }

    @Test(arguments: [1, 17, 63, 64, 65, 81, 128, 200, 300])
    func answersAreTheSameToTheLastBit(documentTokens: Int) throws {
        let document = tokens(documentTokens, seed: 1)
        let cache = PromptCache(for: model.learned.configuration)
        let kept = AnswerGenerator(model: model, threads: 2).read(document, into: cache)
        #expect(kept == documentTokens / CachedAttention.blockLength * CachedAttention.blockLength)
        for (count, seed) in [(20, 2), (5, 3), (1, 4), (40, 5), (20, 2)] as [(Int, UInt64)] {
            let prompt = document + tokens(count, seed: seed)
            let cached = try answer(prompt, cache), fresh = try answer(prompt)
            #expect(cached.text == fresh.text && cached.logProbability == fresh.logProbability)
            #expect(cached.tokens == fresh.tokens)
        }
        // Another document begins anew.
        let other = tokens(150, seed: 9)
        #expect(try answer(other, cache).logProbability == answer(other).logProbability)
    }

    @Test func quantizedWeightsGiveTheSameAnswers() throws {
        for name in ["gguf-llama-q8_0", "gguf-qwen2-f32", "gguf-gpt2-f16"] {
            let path = TinyModel.fixtures.appending(path: "families/\(name)/model.gguf").path
            let quantized = try AnsweringModel(path: path)
            let adapted = AnswerGenerator(model: quantized, threads: 2)
            let limit = quantized.learned.configuration.maximumPositions
            var random = RandomSource(seed: 3)
            let prompt = (0..<(limit - 10)).map { _ in Int(random.next() % UInt64(quantized.tokenizer.vocabularySize)) }
            let cache = PromptCache(for: quantized.learned.configuration)
            _ = adapted.read(Array(prompt.dropLast(20)), into: cache)
            func answer(_ cache: PromptCache?) throws -> Answer {
                try adapted.answer(
                    toPrompt: prompt, endTokens: [], sampling: SamplingOptions(maxTokens: 8), cache: cache)
            }
            #expect(try answer(cache).logProbability == answer(nil).logProbability, "\(name)")
        }
    }

    @Test func bytesAreThoseOfKeysAndValues() {
        // 2 layers of keys and values with 1 head of 8 floats.
        #expect(PromptCache.bytes(of: 100, for: model.learned.configuration) == 2 * 2 * 8 * 4 * 100)
    }
}
