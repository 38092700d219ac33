import Autodiff
import Foundation
import SeededRandom
import Tensors
import Testing

@testable import LanguageModel

@Suite struct GenerationTests {
    private let fixture: TorchFixture
    private let model: Transformer<Tensor<Float>>
    private let adapter: Adapter<Tensor<Float>>
    private let prompt: [Int]

    init() throws {
        try self.init(fixture: "llama-tied")
    }

    private init(fixture name: String) throws {
        fixture = try TorchFixture(name)
        model = try fixture.model()
        adapter = try fixture.adapter()
        prompt = try fixture.integers("greedy.prompt")[0]
    }

    @Test(arguments: TorchFixture.names) func greedyTokensAreThoseOfTransformers(_ name: String) throws {
        let test = try GenerationTests(fixture: name)
        let expected = try test.fixture.integers("greedy.tokens")[0]
        let generation = try test.model.generate(
            after: test.prompt, adapter: test.adapter, endTokens: [], limit: expected.count)
        #expect(generation.tokens == expected)
        #expect(!generation.stopped)
    }

    /// The logits after the last of `tokens`, without a cache.
    private func logits(after tokens: [Int]) -> Tensor<Float> {
        let hidden = model.hiddenStates(
            TokenBatch([[TokenSequence(tokens: tokens)]]), adapter: adapter.constants())
        return model.logits(hidden.gatheringRows([Int32(tokens.count - 1)])).value
    }

    @Test func theCacheChangesNothing() throws {
        let cache = KeyValueCache<Float>(for: fixture.configuration)
        let sequence = ContinuedSequence(adapter: adapter, cache: cache)
        // Read in portions of several tokens first, then one by one, past the 16 rows that a cache begins with.
        let tokens = prompt + (0..<25).map { 1 + $0 * 7 % 60 }
        var read = 0
        for portion in [5, 3] + [Int](repeating: 1, count: tokens.count - 8) {
            let hidden = model.hiddenStates(continuing: [sequence], with: [Array(tokens[read..<read + portion])])
            read += portion
            let found = model.logits(hidden.gatheringRows([Int32(portion - 1)])).value
            #expect(cache.length == read)
            #expect(relativeError(of: found, from: logits(after: Array(tokens[..<read]))) < 1e-5, "\(read) tokens")
        }
    }

    @Test func theProbabilityIsThatOfTheWholeText() throws {
        let generation = try model.generate(after: prompt, adapter: adapter, endTokens: [], limit: 6)
        var expected: [Double] = [], text = prompt
        for token in generation.tokens {
            let (losses, _) = logits(after: text).crossEntropy(targets: [Int32(token)])
            expected.append(-Double(losses.scalars[0]))
            text.append(token)
        }
        #expect(abs(generation.logProbability - expected.reduce(0, +)) < 1e-4)
        #expect(try abs(generation.leastLogProbability - #require(expected.min())) < 1e-5)
        #expect(generation.logProbability < 0)
        let first = logits(after: prompt).scalars.sorted(by: >)
        #expect(abs(generation.firstMargin - Double(first[0] - first[1])) < 1e-5 && generation.firstMargin > 0)
    }

    /// One pass over the text, with the adapter and without it, gives what reading it token by token gives.
    @Test func probabilitiesOfATextAreThoseOfItsTokens() throws {
        let text = prompt + [3, 9, 27, 18]
        let found = model.logProbabilities(of: text, adapters: [adapter, nil])
        #expect(found.count == 2 && found.map(\.count) == [text.count - 1, text.count - 1])
        for (values, adapter) in zip(found, [adapter, nil]) {
            for (index, value) in values.enumerated() {
                let hidden = model.hiddenStates(
                    TokenBatch([[TokenSequence(tokens: Array(text[...index]))]]), adapter: adapter?.constants())
                let logits = model.logits(hidden.gatheringRows([Int32(index)])).value
                let loss = logits.crossEntropy(targets: [Int32(text[index + 1])]).losses.scalars[0]
                #expect(abs(value + Double(loss)) < 1e-4)
            }
        }
        #expect(found[0] != found[1])
    }

    @Test func endTokensEndTheText() throws {
        let free = try model.generate(after: prompt, adapter: adapter, endTokens: [], limit: 12)
        let last = try #require(free.tokens.indices.first { $0 > 1 && !free.tokens[..<$0].contains(free.tokens[$0]) })
        let ended = try model.generate(
            after: prompt, adapter: adapter, endTokens: [free.tokens[last]], limit: 12)
        #expect(ended.stopped)
        #expect(ended.tokens == Array(free.tokens[..<last]))
        let reached = try model.generate(after: prompt, adapter: adapter, endTokens: [], limit: last + 1)
        #expect(abs(ended.logProbability - reached.logProbability) < 1e-5, "the ending token counts")
        let none = try model.generate(after: prompt, adapter: adapter, endTokens: [], limit: 0)
        #expect(none == Generation())
    }

    @Test func tokensAreReportedAsTheyCome() throws {
        struct Enough: Error {}
        var seen: [Int] = []
        let generation = try model.generate(after: prompt, adapter: adapter, endTokens: [], limit: 5) {
            seen.append($0)
        }
        #expect(seen == generation.tokens)
        seen = []
        #expect(throws: Enough.self) {
            try model.generate(after: prompt, adapter: adapter, endTokens: [], limit: 5) { token in
                seen.append(token)
                if seen.count == 2 { throw Enough() }
            }
        }
        #expect(seen == Array(generation.tokens[..<2]))
    }

    @Test func theAdapterDecidesWhatIsSaid() throws {
        let base = try model.generate(after: prompt, adapter: nil, endTokens: [], limit: 12)
        #expect(try base.tokens != fixture.integers("greedy.tokens")[0])
    }

    @Test(arguments: [0, 1]) func numbersThatOverflowEndTheText(temperature: Double) {
        let tooLarge = adapter.map { $0.scaled(by: 1e30) }
        #expect(throws: GenerationDiverged.self) {
            try model.generate(
                after: prompt, adapter: tooLarge, sampling: Sampling(temperature: temperature), endTokens: [], limit: 3)
        }
    }

    @Test func seedsDecideWhatIsDrawn() throws {
        func text(_ seed: UInt64) throws -> [Int] {
            try model.generate(
                after: prompt, adapter: adapter, sampling: Sampling(temperature: 1, topP: 0.95, seed: seed),
                endTokens: [], limit: 10
            ).tokens
        }
        #expect(try text(1) == text(1))
        #expect(try Set((1...8).map { try text($0) }).count > 4)
    }
}

extension Transformer where Value == Tensor<Float> {
    fileprivate func generate(_ requests: [GenerationRequest]) -> [Result<Generation, GenerationDiverged>] {
        generate(requests) { _, _ in }
    }
}

/// Several texts that grow together.
@Suite struct BatchGenerationTests {
    /// Requests that differ in everything: their prompts' lengths, adapters, limits and sampling.
    private func requests(_ fixture: FamilyFixture, count: Int = 6) throws -> [GenerationRequest] {
        var random = RandomSource(seed: 1)
        let layout = try fixture.adapter(Float.self).layout
        return try (0..<count).map { index in
            let adapter: Adapter<Tensor<Float>>? =
                switch index % 3 {
                case 0: nil
                case 1: try fixture.adapter()
                default: Adapter(layout: layout, standardDeviationOfB: 0.3, using: &random)
                }
            let prompt = try fixture.integers("greedy.prompt")
            return GenerationRequest(
                prompt: Array(prompt.prefix(1 + index % prompt.count)), adapter: adapter,
                sampling: Sampling(temperature: index % 2 == 0 ? 0 : 1, seed: UInt64(index)), endTokens: [5, 6],
                limit: 3 + 5 * (index % 4))
        }
    }

    @Test(arguments: ["llama-gqa-tied", "llama-bf16", "gpt2-tied", "gguf-llama-q8_0", "gguf-gpt2-f16"], [1, 3])
    func eachTextIsBitForBitWhatItIsAlone(_ name: String, threads: Int) throws {
        let fixture = try FamilyFixture(name)
        let model = Transformer(configuration: fixture.configuration, answeringWith: fixture.model.weights)
        let requests = try requests(fixture)
        var seen = [[Int]](repeating: [], count: requests.count)
        let together = try ThreadBudget.with(threads) {
            model.generate(requests) { seen[$0].append($1) }
        }.map { try $0.get() }
        // The probabilities too are the same numbers.
        #expect(try together == requests.map { try model.generate([$0])[0].get() })
        #expect(seen == together.map(\.tokens))
        #expect(Set(together.map(\.tokens.count)).count > 1)
    }

    @Test func moreTextsThanGrowAtOnceWaitTheirTurn() throws {
        let fixture = try FamilyFixture("gguf-llama-q8_0")
        let model = Transformer(configuration: fixture.configuration, answeringWith: fixture.model.weights)
        let requests = try requests(fixture, count: 2 * AnsweringMatrix.mostDotRows + 3)
        let together = try model.generate(requests).map { try $0.get() }
        #expect(try together == requests.map { try model.generate([$0])[0].get() })
    }

    /// Requests that come when others have begun join them, and one that is not wanted any more leaves them.
    @Test func textsMayComeAndGoWhileOthersGrow() throws {
        let fixture = try FamilyFixture("gguf-llama-q8_0")
        let model = Transformer(configuration: fixture.configuration, answeringWith: fixture.model.weights)
        let requests = try requests(fixture)
        var waiting = [0], tokens = [[Int]](repeating: [], count: requests.count), ended: [Int] = []
        var results = [Generation?](repeating: nil, count: requests.count)
        model.generate(
            next: { waiting.popLast().map { PromptToContinue(requests[$0]) } },
            onToken: { index, token in
                tokens[index].append(token)
                // Each text calls the next one with its first token.
                if tokens[index].count == 1, index + 1 < requests.count { waiting.append(index + 1) }
                return index != 3 || tokens[index].count < 2
            },
            onEnd: { index, result in
                ended.append(index)
                results[index] = try? result.get()
                if tokens[index].isEmpty, index + 1 < requests.count { waiting.append(index + 1) }
            })
        #expect(ended.sorted() == Array(requests.indices) && ended != ended.sorted())
        for index in ended {
            let alone = try model.generate([requests[index]])[0].get()
            if index == 3 {
                #expect(results[index]?.tokens == Array(alone.tokens.prefix(2)))
            } else {
                #expect(results[index] == alone && tokens[index] == alone.tokens)
            }
        }
    }

    @Test func aTextThatDivergesLeavesTheOthers() throws {
        let fixture = try FamilyFixture("llama-gqa-tied")
        let model = Transformer(configuration: fixture.configuration, answeringWith: fixture.model.weights)
        var requests = try requests(fixture)
        requests[1].adapter = try fixture.adapter(Float.self).map { $0.scaled(by: 1e30) }
        let results = model.generate(requests)
        for (index, request) in requests.enumerated() {
            #expect(results[index] == model.generate([request])[0])
            #expect((results[index] == .failure(GenerationDiverged())) == (index == 1))
        }
    }

    @Test func noRequestsGiveNothing() throws {
        let fixture = try FamilyFixture("llama-gqa-tied")
        let model = Transformer(configuration: fixture.configuration, answeringWith: fixture.model.weights)
        #expect(model.generate([]).isEmpty)
        var request = try requests(fixture, count: 1)[0]
        request.limit = 0
        #expect(model.generate([request]) == [.success(Generation())])
    }
}

@Suite struct SamplingTests {
    /// Probabilities 0.5, 0.25, 0.15 and 0.1, not in this order.
    private static let logits: [Float] = [0.15, 0.5, 0.1, 0.25].map { Float(log($0)) }

    /// How often each token is drawn.
    private func frequencies(_ sampling: Sampling, draws: Int = 8000) -> [Double] {
        var random = RandomSource(seed: sampling.seed)
        var counts = [Double](repeating: 0, count: 4)
        for _ in 0..<draws { counts[sampling.choose(from: Tensor(Self.logits, shape: [4]), using: &random).token] += 1 }
        return counts.map { $0 / Double(draws) }
    }

    private func check(_ sampling: Sampling, _ expected: [Double]) {
        for (found, expected) in zip(frequencies(sampling), expected) {
            // Five standard errors at most; what is left out is never drawn.
            #expect(expected == 0 ? found == 0 : abs(found - expected) < 0.028)
        }
    }

    @Test func tokensAreDrawnByTheirProbabilities() {
        check(Sampling(temperature: 1, seed: 1), [0.15, 0.5, 0.1, 0.25])
    }

    @Test func theTemperatureSharpensThem() {
        let squares = [0.0225, 0.25, 0.01, 0.0625], sum = squares.reduce(0, +)
        check(Sampling(temperature: 0.5, seed: 2), squares.map { $0 / sum })
    }

    @Test func unlikelyTokensAreLeftOut() {
        check(Sampling(temperature: 1, topP: 0.7, seed: 3), [0, 2 / 3.0, 0, 1 / 3.0])
        check(Sampling(temperature: 1, topP: 0.8, seed: 4), [0.15 / 0.9, 0.5 / 0.9, 0, 0.25 / 0.9])
        check(Sampling(temperature: 1, topP: 0.3, seed: 5), [0, 1, 0, 0])
        check(Sampling(temperature: 1, topP: 0, seed: 5), [0, 1, 0, 0])
        check(Sampling(temperature: 0, seed: 6), [0, 1, 0, 0])
        check(Sampling(temperature: 1e-9, seed: 7), [0, 1, 0, 0])
    }

    @Test func theProbabilityIsTheModelsOwn() {
        var random = RandomSource(seed: 8)
        let shifted = Tensor(Self.logits.map { $0 + 300 }, shape: [4])
        for sampling in [Sampling(), Sampling(temperature: 3, topP: 0.9, seed: 1)] {
            for _ in 0..<20 {
                let (token, logProbability) = sampling.choose(from: shifted, using: &random)
                #expect(abs(logProbability - Double(Self.logits[token])) < 1e-4)
            }
        }
    }
}
