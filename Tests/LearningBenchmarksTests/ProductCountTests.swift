import LanguageModel
import TestTimeLearning
import Testing

@testable import LearningBenchmarks

/// Counts worked out by hand for a model of two layers.
@Suite struct ProductCountTests {
    /// A layer's maps have 16 + 8 + 8 + 16 + 3·32 = 144 elements, their factors of rank 1 have 64; attention takes
    /// 4·4 = 16 operations for each pair of tokens, the head 80 for a target, the weighter 2·(3·4 + 3) = 30.
    private func count(layers: [Int]? = nil, truncatedSteps: Int = 0) throws -> ProductCount {
        let configuration = try ModelConfiguration(
            vocabularySize: 10, width: 4, intermediateWidth: 8, layers: 2, heads: 2, keyValueHeads: 1,
            tiedEmbeddings: true)
        return ProductCount(
            configuration: configuration,
            layout: AdapterLayout(
                rank: 1, alpha: 1, rankStabilized: false, layers: layers, configuration: configuration),
            innerLoop: InnerLoopConfiguration(steps: 3, truncatedSteps: truncatedSteps), weighterHiddenWidth: 3)
    }

    // Two segments of five tokens: ten rows, eight targets, fifty pairs.
    private let maps = 2.0 * 10 * 2 * 144
    private let factors = 2.0 * 10 * 2 * 64
    private let attention = 16.0 * 50 * 2
    private let head = 8.0 * 80
    private let weighter = 8.0 * 30

    @Test func encodingTakesTwoUnitsAStep() throws {
        let step = 2 * (maps + head + weighter) + 3 * (factors + attention)
        #expect(try count().encoding(segments: 2, tokens: 5) == 3 * step)
    }

    @Test func layersBelowTheAdapterCountOnce() throws {
        let step = 2 * (maps / 2 + head + weighter) + 3 * (factors / 2 + attention / 2)
        #expect(
            try count(layers: [1]).encoding(segments: 2, tokens: 5) == maps / 2 + attention / 2 + 3 * step)
    }

    /// Two units more, which makes four of a step.
    @Test(arguments: [0, 2, 3])
    func metaStepAddsTheTangentsOfEachStepThatIsNotTruncated(truncated: Int) throws {
        let count = try count(truncatedSteps: truncated)
        // A question of three tokens: three rows, two targets, nine pairs.
        let outer = 2 * (maps * 0.3 + 2 * 80) + 3 * (factors * 0.3 + 16.0 * 9 * 2)
        let tangents = 2 * (maps + head) + 6 * (factors + attention) + 4 * weighter
        let expected = count.encoding(segments: 2, tokens: 5) + outer + Double(3 - truncated) * tangents
        let found = count.metaStep(segments: 2, tokens: 5, questionTokens: 3)
        #expect(abs(found - expected) < 1e-9 * expected)
    }

    /// `torch.utils.flop_counter` counted 1,237,450,752 operations of two inner steps on 4 segments of 32 tokens, by
    /// Bench/anchors/torch_learning.py at the shape `tiny`.
    @Test func encodingCountsAsPyTorchCountsIt() throws {
        let configuration = try LearningBenchmark.Architecture.tiny.configuration()
        let count = ProductCount(
            configuration: configuration,
            layout: AdapterLayout(rank: 16, alpha: 16, rankStabilized: true, configuration: configuration),
            innerLoop: InnerLoopConfiguration(steps: 2), weighterHiddenWidth: 128)
        // PyTorch has no gradient of what enters the lowest layer, through queries, keys and values.
        let inputGradient: Int = 2 * 128 * 3 * (128 * 128 + 16 * 128)
        // It computes logits and weights of all tokens, the last of each segment among them.
        let lastTokens: Int = 2 * 2 * 4 * (1024 * 128 + 128 * 128 + 128)
        let found = Int(count.encoding(segments: 4, tokens: 32))
        #expect(found - 2 * inputGradient + 2 * lastTokens == 1_237_450_752)
    }

    @Test func generationCountsEachTokenOnce() throws {
        let count = try count()
        #expect(count.prompt(tokens: 10) == maps + factors + 16.0 * 100 * 2 + 80)
        // The second token sees eleven keys, the third twelve; the first comes with the prompt.
        #expect(count.decoding(after: 10, newTokens: 3) == 2 * (maps / 10 + factors / 10 + 80) + 16.0 * 23 * 2)
        #expect(count.decoding(after: 10, newTokens: 1) == 0)
    }
}
