import Foundation
import LanguageModel
import ModelFiles
import SeededRandom
import Tensors
import Testing
import TinyModels
import Tokenization

@testable import PERKModel

/// Directories that hold no whole model: each refusal is an error of a known type that names the file.
@Suite struct DamagedModelTests {
    static let files = ["config.json", "model.safetensors", "tokenizer.model", "perk.json", "meta.safetensors"]

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try TinyModel.make().write(to: folder.url.path)
    }

    /// Expects the directory to be refused on account of `file`.
    private func expectRefusal(_ file: String, containing words: String? = nil, line: Int = #line) {
        let place = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
        let error = #expect(throws: (any Error).self, "\(file)", sourceLocation: place) {
            try AnsweringModel(path: folder.url.path)
        }
        guard let error else { return }
        #expect(Self.isTyped(error), "\(type(of: error))", sourceLocation: place)
        #expect("\(error)".contains(folder.url.path) && "\(error)".contains(file), sourceLocation: place)
        if let words { #expect("\(error)".contains(words), sourceLocation: place) }
    }

    private static func isTyped(_ error: any Error) -> Bool {
        error is ModelConfigurationError || error is PERKConfigurationError || error is TokenizationError
            || error is SafeTensorsError || error is WeightMismatch || error is ModelNotFound
    }

    private func replace(_ file: String, by data: Data) throws {
        try data.write(to: folder.url.appendingPathComponent(file))
    }

    private func contents(of file: String) throws -> Data {
        try Data(contentsOf: folder.url.appendingPathComponent(file))
    }

    @Test(arguments: files)
    func missingFilesAreNamed(file: String) throws {
        try FileManager.default.removeItem(atPath: folder.path(file))
        expectRefusal(file)
        try FileManager.default.createDirectory(atPath: folder.path(file), withIntermediateDirectories: false)
        expectRefusal(file)
    }

    @Test(arguments: files)
    func filesThatWereCutOffAreNamed(file: String) throws {
        let whole = try contents(of: file)
        for length in [0, 1, 7, 8, 9, whole.count / 3, whole.count - 2] {
            try replace(file, by: whole.prefix(length))
            expectRefusal(file)
        }
    }

    @Test func directoriesWithoutAModelAreNamed() throws {
        for file in Self.files { try FileManager.default.removeItem(atPath: folder.path(file)) }
        expectRefusal("config.json", containing: "no GGUF file")
    }

    @Test func filesOfAnotherModelAreNamed() throws {
        let other = try TemporaryFolder()
        try TinyModel.make(rank: 3, tiedEmbeddings: false).write(to: other.url.path)
        let meta = try contents(of: "meta.safetensors")
        try replace("meta.safetensors", by: Data(contentsOf: URL(fileURLWithPath: other.path("meta.safetensors"))))
        expectRefusal("meta.safetensors", containing: "shape [3, 16]")
        try replace("meta.safetensors", by: meta)
        try replace("config.json", by: Data(contentsOf: URL(fileURLWithPath: other.path("config.json"))))
        expectRefusal("model.safetensors", containing: "lm_head.weight")
    }

    @Test func tokenizerOfAnotherModelIsNamed() throws {
        let tokenizer = TinyModel.fixtures.appendingPathComponent("default-model/tokenizer.model")
        try replace("tokenizer.model", by: Data(contentsOf: tokenizer))
        expectRefusal("tokenizer.model", containing: "1600 tokens")
    }

    @Test func weightsThatAreNotFiniteAreRefused() throws {
        try TinyModel.make().mappingWeights { $0.hasSuffix("1.mlp.up_proj.weight") ? $1.scaled(by: .nan) : $1 }
            .write(to: folder.url.path)
        expectRefusal("model.safetensors", containing: "not finite")
        var model = try TinyModel.make()
        model.learned.logRates.scale(by: .infinity)
        try model.write(to: folder.url.path)
        expectRefusal("meta.safetensors", containing: "log_rates")
    }

    /// A segment has its beginning, a token of the document and its end.
    @Test func modelsThatReadTooFewTokensAreRefused() throws {
        let configuration = try ModelConfiguration(
            family: .gpt2, vocabularySize: 400, width: 16, intermediateWidth: 24, layers: 1, heads: 2,
            tiedEmbeddings: true, maximumPositions: 2)
        var random = RandomSource(seed: 1)
        let weights = ModelWeights<StoredWeight<Float>>(initializing: configuration, using: &random)
        for file in ["perk.json", "meta.safetensors"] { try FileManager.default.removeItem(atPath: folder.path(file)) }
        try configuration.write(to: folder.path("config.json"))
        try SafeTensorsWriter(tensors: weights.written()).write(to: folder.path("model.safetensors"))
        expectRefusal(folder.url.lastPathComponent, containing: "the model reads at most 2 tokens")
    }

    /// Whatever byte changes, the directory is read or refused; the process lives.
    @Test func overwrittenBytesNeverTrap() throws {
        var random = RandomSource(seed: 11)
        for file in Self.files {
            let whole = try contents(of: file)
            // Most of a safetensors file is numbers, whose change is no damage; the header comes first.
            let reach = min(whole.count, file == "tokenizer.model" ? whole.count : 2000)
            for _ in 0..<40 {
                var damaged = whole
                damaged[random.integer(in: 0...reach - 1)] = UInt8(random.integer(in: 0...255))
                try replace(file, by: damaged)
                do {
                    _ = try AnsweringModel(path: folder.url.path)
                } catch {
                    #expect(Self.isTyped(error), "\(type(of: error)): \(error)")
                }
            }
            try replace(file, by: whole)
        }
    }
}
