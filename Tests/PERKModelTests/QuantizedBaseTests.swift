import ChatTemplates
import Foundation
import LanguageModel
import ModelFiles
import Tensors
import Testing
import TestTimeLearning
import TinyModels

@testable import PERKModel

/// Models whose base stays quantized as it was found: its files go along with what was learned.
@Suite struct QuantizedBaseTests {
    static let bases = ["gguf-gpt2-f16", "gguf-llama-q8_0"]

    private static func path(_ name: String) -> String {
        TinyModel.fixtures.appending(path: "families/\(name)").path
    }

    private func model(_ path: String, seed: UInt64 = 0, layers: LayerSelection = .all) throws -> AnsweringModel {
        var configuration = PERKConfiguration()
        (configuration.adapter.rank, configuration.adapter.layers) = (2, layers)
        configuration.weighter.hiddenWidth = 4
        configuration.inner = InnerLoopConfiguration(steps: 2, microBatchTokens: 64)
        configuration.text.maximumSegmentTokens = 16
        return try AnsweringModel(fresh: BaseModel(path: path), configuration: configuration, seed: seed)
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test(arguments: bases) func whatWasWrittenIsRead(_ name: String) throws {
        let folder = try TemporaryFolder()
        let model = try model(Self.path(name), layers: .top(1))
        #expect(!model.isMetaTrained)
        try model.write(to: folder.path("model"))
        #expect(try names(folder.path("model")) == ["meta.safetensors", "model.gguf", "perk.json"])
        #expect(
            FileManager.default.contentsEqual(
                atPath: folder.path("model/model.gguf"), andPath: "\(Self.path(name))/model.gguf"))
        let read = try AnsweringModel(path: folder.path("model"))
        #expect(read.isMetaTrained)
        #expect(read.learned.configuration == model.learned.configuration)
        #expect(read.learned.adapter.layout == model.learned.adapter.layout)
        #expect(read.learned.adapter.layout.layers == [1])
        #expect(read.learned.adapter.tensors == model.learned.adapter.tensors)
        #expect(read.learned.weighter?.tensors == model.learned.weighter?.tensors)
        #expect(read.learned.logRates == model.learned.logRates)
        #expect(read.learned.innerLoop == model.learned.innerLoop && read.format == model.format)
        #expect(read.tokenizer.serialized == model.tokenizer.serialized)
        #expect(read.learned.weights.values.map(\.tensor) == model.learned.weights.values.map(\.tensor))
        #expect(try read.modelDigest() == model.modelDigest())
    }

    /// All files of the base go along, and each has a part in the digest.
    @Test func aBaseInSeveralFilesGoesAlongWhole() throws {
        let folder = try TemporaryFolder()
        let parts = (1...3).map { "model-0000\($0)-of-00003.gguf" }
        let source = TinyModel.fixtures.appending(path: "gguf/split")
        let model = try model(source.appending(path: parts[1]).path)
        try model.write(to: folder.path("model"))
        #expect(try names(folder.path("model")) == ["meta.safetensors"] + parts + ["perk.json"])
        let read = try AnsweringModel(path: folder.path("model"))
        #expect(try read.modelDigest() == model.modelDigest())
        let whole = try BaseModel(path: Self.path("gguf-llama-q8_0"))
        #expect(read.learned.weights.values.map(\.tensor) == whole.weights.values.map(\.tensor))
        #expect(try BaseReference(path: source.appending(path: parts[2]).path).file == parts[0])

        // The last byte of the last file, which is a link to the fixture's: replaced, not written into.
        let last = URL(fileURLWithPath: folder.path("model/\(parts[2])"))
        var bytes = try Data(contentsOf: last)
        bytes[bytes.count - 1] ^= 1
        try FileManager.default.removeItem(at: last)
        try bytes.write(to: last)
        #expect(try AnsweringModel(path: folder.path("model")).modelDigest() != model.modelDigest())
        try FileManager.default.removeItem(at: last)
        let error = #expect(throws: GGUFError.self) { try AnsweringModel(path: folder.path("model")) }
        #expect(error?.description.contains("\(parts[2]) is missing") == true)
    }

    @Test func writingOverItselfKeepsTheBase() throws {
        let folder = try TemporaryFolder()
        let first = try model(Self.path("gguf-llama-q8_0"))
        try first.write(to: folder.url.path)
        let second = try AnsweringModel(path: folder.url.path)
        try second.write(to: folder.url.path)
        #expect(try names(folder.url.path) == ["meta.safetensors", "model.gguf", "perk.json"])
        #expect(try AnsweringModel(path: folder.url.path).modelDigest() == first.modelDigest())
    }

    /// The bytes are mapped, so they are there even when the file has lost its name.
    @Test func aBaseWhoseFileHasGoneIsWritten() throws {
        let folder = try TemporaryFolder()
        let source = folder.path("model.gguf")
        try FileManager.default.copyItem(atPath: "\(Self.path("gguf-llama-q8_0"))/model.gguf", toPath: source)
        let model = try model(source)
        try FileManager.default.removeItem(atPath: source)
        try model.write(to: folder.path("model"))
        #expect(try AnsweringModel(path: folder.path("model")).modelDigest() == model.modelDigest())
    }

    @Test func anotherBaseHasAnotherDigest() throws {
        let folder = try TemporaryFolder()
        let source = URL(fileURLWithPath: "\(Self.path("gguf-llama-q8_0"))/model.gguf")
        var bytes = try Data(contentsOf: source)
        // One weight of the last tensor.
        bytes[bytes.count - 40] ^= 1
        try bytes.write(to: folder.url.appending(path: "model.gguf"))
        let digests = try [source.path, folder.path("model.gguf")].map { try model($0).modelDigest() }
        #expect(digests[0] != digests[1])
        #expect(try model(source.path).modelDigest() == digests[0])
        #expect(try model(source.path, seed: 1).modelDigest() != digests[0])
        #expect(try model(source.path, layers: .top(1)).modelDigest() != digests[0])
    }

    /// A directory of 16-bit weights keeps its files as well.
    @Test func aDirectoryOfHalfPrecisionKeepsItsFiles() throws {
        let folder = try TemporaryFolder()
        let base = folder.path("base")
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: false)
        for file in ["config.json", "model.safetensors"] {
            try FileManager.default.copyItem(atPath: "\(Self.path("llama-bf16"))/\(file)", toPath: "\(base)/\(file)")
        }
        try TinyModel.byteLevelVocabulary().write(to: URL(fileURLWithPath: "\(base)/tokenizer.json"))
        let model = try model(base)
        try model.write(to: folder.path("model"))
        #expect(
            try names(folder.path("model")) == [
                "config.json", "meta.safetensors", "model.safetensors", "perk.json", "tokenizer.json",
            ])
        for file in ["config.json", "model.safetensors", "tokenizer.json"] {
            #expect(
                FileManager.default.contentsEqual(
                    atPath: folder.path("base/\(file)"), andPath: folder.path("model/\(file)")))
        }
        #expect(try AnsweringModel(path: folder.path("model")).modelDigest() == model.modelDigest())

        // A chat template goes along, but decides no adapter.
        try Data("{{ messages[0].content }}!".utf8).write(to: URL(fileURLWithPath: "\(base)/chat_template.jinja"))
        let chatting = try self.model(base)
        #expect(try chatting.modelDigest() == model.modelDigest())
        try chatting.write(to: folder.path("chatting"))
        let read = try AnsweringModel(path: folder.path("chatting"))
        let template = try #require(try read.chatTemplate?.template())
        #expect(try template.rendered([ChatMessage(.user, "Hi")], addsGenerationPrompt: false).text == "Hi!")
        #expect(try model.chatTemplate?.template() != nil && read.modelDigest() == model.modelDigest())
        #expect(try AnsweringModel(path: folder.path("model")).chatTemplate?.template() == nil)
    }
}
