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
        seed: UInt64 = 1, layers: Int = 2, keyValueHeads: Int? = 1, rank: Int = 2,
        maps: [LinearMap] = LinearMap.allCases, weighterHiddenWidth: Int? = 8,
        innerLoop: InnerLoopConfiguration = InnerLoopConfiguration(steps: 2, microBatchTokens: 64),
        tiedEmbeddings: Bool = true, maximumPositions: Int = 128,
        format: TextFormat = TextFormat(maximumSegmentTokens: 32)
    ) throws -> AnsweringModel {
        let tokenizer = try tokenizer()
        let configuration = try ModelConfiguration(
            vocabularySize: tokenizer.vocabularySize, width: 16, intermediateWidth: 24, layers: layers, heads: 2,
            keyValueHeads: keyValueHeads, tiedEmbeddings: tiedEmbeddings, maximumPositions: maximumPositions)
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

    /// A byte-level vocabulary small enough for the fixture's 97 tokens: printable ASCII, from "!" on, and an end.
    package static func byteLevelVocabulary() throws -> Data {
        let letters = (0x21...0x7E).map { String(UnicodeScalar(UInt8($0))) } + ["Ġ", "<|endoftext|>"]
        let vocabulary = Dictionary(uniqueKeysWithValues: letters.enumerated().map { ($1, $0) })
        let added: [String: Any] = [
            "id": 95, "content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true,
        ]
        let preTokenizer: [String: Any] = [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
        ]
        let empty: [String] = []
        return try JSONSerialization.data(withJSONObject: [
            "version": "1.0", "added_tokens": [added], "pre_tokenizer": preTokenizer, "decoder": preTokenizer,
            "model": ["type": "BPE", "vocab": vocabulary, "merges": empty],
        ])
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

/// A folder with the directory of a tiny model of one layer, removed when the last reference to it goes.
package final class TinyModelDirectory: Sendable {
    private let folder: TemporaryFolder

    /// The model's directory.
    package var model: String { path("model") }

    package init() throws {
        folder = try TemporaryFolder()
        try TinyModel.make(
            layers: 1, keyValueHeads: nil, weighterHiddenWidth: nil, innerLoop: InnerLoopConfiguration(steps: 2),
            maximumPositions: 2048, format: TextFormat()
        ).write(to: folder.path("model"))
    }

    package func path(_ name: String) -> String { folder.path(name) }

    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
        return path(name)
    }
}
