import Foundation
import LanguageModel
import PERKModel
import SeededRandom
import TestTimeLearning
import Tokenization

/// A folder with the directory of a model of random weights, removed when the last reference to it goes.
final class TinyModelDirectory: Sendable {
    private let url: URL

    /// The model's directory.
    var model: String { path("model") }

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("serving-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try Self.makeModel().write(to: path("model"))
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: url.appendingPathComponent(name))
        return path(name)
    }

    private static func makeModel() throws -> AnsweringModel {
        let vocabulary = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/tokenizer-test/test.model")
        let tokenizer = try SentencePieceTokenizer(path: vocabulary.path)
        let configuration = try ModelConfiguration(
            vocabularySize: tokenizer.vocabularySize, width: 16, intermediateWidth: 24, layers: 1, heads: 2,
            tiedEmbeddings: true)
        var random = RandomSource(seed: 1)
        let layout = AdapterLayout(rank: 2, alpha: 4, rankStabilized: true, configuration: configuration)
        let learned = MetaLearnedModel<Float>(
            configuration: configuration, innerLoop: InnerLoopConfiguration(steps: 2),
            weights: ModelWeights(initializing: configuration, using: &random),
            adapter: Adapter(layout: layout, standardDeviationOfB: 0.02, using: &random), weighter: nil,
            logRates: MetaLearnedModel.uniformLogRates(0.01, tensors: layout.names.count, steps: 2))
        return AnsweringModel(learned: learned, tokenizer: tokenizer, format: TextFormat())
    }
}
