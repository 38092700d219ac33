import Foundation
import LanguageModel
import PERKModel
import SeededRandom
import Tensors
import TestTimeLearning
import Tokenization

/// A model of random weights that learns a sentence in milliseconds.
package enum TinyModel {
    package static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    package static func tokenizer() throws -> SentencePieceTokenizer {
        try SentencePieceTokenizer(path: fixtures.appendingPathComponent("tokenizer-test/test.model").path)
    }

    package static func make(
        seed: UInt64 = 1, rank: Int = 2, maps: [LinearMap] = LinearMap.allCases, weighterHiddenWidth: Int? = 8,
        innerLoop: InnerLoopConfiguration = InnerLoopConfiguration(steps: 2, microBatchTokens: 64),
        tiedEmbeddings: Bool = true, maximumPositions: Int = 128,
        format: TextFormat = TextFormat(maximumSegmentTokens: 32)
    ) throws -> AnsweringModel {
        let tokenizer = try tokenizer()
        let configuration = try ModelConfiguration(
            vocabularySize: tokenizer.vocabularySize, width: 16, intermediateWidth: 24, layers: 2, heads: 2,
            keyValueHeads: 1, tiedEmbeddings: tiedEmbeddings, maximumPositions: maximumPositions)
        var random = RandomSource(seed: seed)
        let layout = AdapterLayout(
            rank: rank, alpha: 4, rankStabilized: true, maps: maps, configuration: configuration)
        let learned = MetaLearnedModel<Float>(
            configuration: configuration, innerLoop: innerLoop,
            weights: ModelWeights(initializing: configuration, using: &random),
            adapter: Adapter(layout: layout, standardDeviationOfB: 0.02, using: &random),
            weighter: weighterHiddenWidth.map { TokenWeighter(width: 16, hiddenWidth: $0, using: &random) },
            logRates: MetaLearnedModel.uniformLogRates(0.01, tensors: layout.names.count, steps: innerLoop.steps))
        return AnsweringModel(learned: learned, tokenizer: tokenizer, format: format)
    }
}

extension AnsweringModel {
    /// The same model with every weight of the base under a function of its name and value.
    package func mappingWeights(_ transform: (String, Tensor<Float>) -> Tensor<Float>) -> AnsweringModel {
        var model = self
        model.learned.weights = learned.weights.map { .dense(transform($0, $1.tensor)) }
        return model
    }
}

/// A folder that is removed when the last reference to it goes.
package final class TemporaryFolder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("answering-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    package func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
