import Foundation
import LanguageModel
import ModelFiles
import Tensors
import Testing
import TestTimeLearning
import TinyModels

@testable import PERKModel

/// What is found at a path.
@Suite struct InspectionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func fixture(_ path: String) -> String { TinyModel.fixtures.appendingPathComponent(path).path }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    }

    @Test func ggufModelIsFoundByItsFileAndByItsFolder() throws {
        for path in ["families/gguf-llama-q8_0/model.gguf", "families/gguf-llama-q8_0"] {
            let found = try Inspection(path: Self.fixture(path))
            #expect(found.kind == .model && found.problem == nil && found.adapter == nil)
            #expect(found.files.map(\.name) == ["model.gguf"])
            let values = try #require(found.settings.first?.values)
            #expect(found.settings.count == 1 && values["llama.embedding_length"] == .integer(32))
            // As a Double, the nearest Float to 1e-5 is 9.999999747378752e-06.
            #expect(values["llama.attention.layer_norm_rms_epsilon"] == .number(1e-5))
            #expect(values["tokenizer.ggml.add_bos_token"] == .boolean(false))
            guard case .list(let merges) = values["tokenizer.ggml.merges"] else {
                Issue.record("\(values)")
                return
            }
            #expect(merges.count == 12 && merges[1] == .text("h e"))
        }
    }

    @Test func modelsThatCannotBeRunAreShownWithTheReason() throws {
        let path = Self.fixture("gguf/readable.gguf")
        let found = try Inspection(path: path)
        #expect(found.kind == .model && found.files[0].tensors.count == 9)
        #expect(found.problem?.contains("general.architecture: \"test\" is not supported here") == true)
        #expect(found.settings[0].values["many.bool"] == .list([.boolean(true), .boolean(false)]))
        #expect(found.settings[0].values["many.nested"] == .text("an array of 2 array"))
    }

    /// The reason is the error that loading gives, found without reading a matrix.
    @Test(arguments: ["gpt2-bare", "qwen2-untied", "llama-bf16", "gguf-gpt2-f16", "gguf-qwen2-f32", "../default-model"])
    func theReasonIsThatOfLoading(name: String) throws {
        let path = Self.fixture("families/\(name)")
        var expected: String?
        do { _ = try AnsweringModel(path: path) } catch { expected = "\(error)" }
        #expect(try Inspection(path: path).problem == expected)
    }

    @Test func weightsOfAnotherShapeAreAReasonToo() throws {
        try TinyModel.make().write(to: folder.url.path)
        let config = try String(contentsOfFile: folder.path("config.json"), encoding: .utf8)
        try write(config.replacing(/"intermediate_size" : 24/, with: "\"intermediate_size\" : 25"), to: "config.json")
        let error = #expect(throws: (any Error).self) { try AnsweringModel(path: folder.url.path) }
        let found = try Inspection(path: folder.url.path)
        #expect(found.problem == error.map { "\($0)" } && found.kind == .metaTrainedModel)
        #expect(found.problem?.contains("the configuration asks for [25, 16]") == true)
    }

    @Test func shardsAreFoundByTheirFolderAndByTheirIndex() throws {
        let shards = (1...3).map { "model-0000\($0)-of-00003.safetensors" }
        let model = try Inspection(path: Self.fixture("families/llama-gqa-sharded"))
        let index = try Inspection(path: Self.fixture("families/llama-gqa-sharded/model.safetensors.index.json"))
        #expect(model.kind == .model && model.settings[0].source == "config.json")
        #expect(model.settings[0].values["rope_theta"]?.number == 100_000)
        #expect(model.settings[0].values["eos_token_id"] == .list([.integer(2), .integer(3)]))
        #expect(index.kind == .tensors && index.problem == nil)
        for found in [model, index] {
            #expect(found.files.map(\.name) == shards)
            #expect(Set(found.files.flatMap(\.tensors).map(\.name)).count == 30)
        }
    }

    @Test func safetensorsFilesAreTensors() throws {
        let found = try Inspection(path: Self.fixture("safetensors/readable.safetensors"))
        #expect(found.kind == .tensors && found.problem == nil && found.files[0].tensors.count == 9)
        #expect(found.settings.map(\.values) == [["format": .text("pt")]])
    }

    @Test func metaTrainedModelHasAnAdapterAndRates() throws {
        try TinyModel.make(rank: 4, maps: [.query, .down]).write(to: folder.url.path)
        let found = try Inspection(path: folder.url.path)
        #expect(found.kind == .metaTrainedModel && found.problem == nil)
        #expect(found.files.map(\.name) == ["model.safetensors", "meta.safetensors"])
        #expect(found.settings.map(\.source).prefix(2) == ["config.json", "perk.json"])
        let adapter = try #require(found.adapter)
        // α/√r = 4/√4
        #expect(adapter.rank == 4 && adapter.alpha == 4 && adapter.scale == 2)
        #expect(adapter.targets == ["mlp.down_proj", "self_attn.q_proj"] && adapter.layers == [0, 1])
        #expect(found.learnedRates.count == 2)
        for rates in found.learnedRates {
            for rate in [rates.mean, rates.minimum, rates.maximum] { #expect(abs(rate - 0.01) < 1e-8) }
        }
    }

    @Test func ratesAreTakenStepByStep() throws {
        let logs: [Float] = [0.001, 0.1, 0.003, 0.2].map { Float(log($0)) }
        let tensor = SafeTensorsTensor(name: "log_rates", shape: [2, 2], scalars: .floats(logs))
        let rates = try LearnedRates.read(
            SafeTensorsFile(data: SafeTensorsWriter(tensors: [tensor]).serialized()))
        let expected = [(0.002, 0.001, 0.003), (0.15, 0.1, 0.2)]
        for (rates, expected) in zip(rates, expected) {
            #expect(abs(rates.mean - expected.0) < 1e-7 && abs(rates.minimum - expected.1) < 1e-7)
            #expect(abs(rates.maximum - expected.2) < 1e-7)
        }
        #expect(rates.count == 2)
    }

    @Test func peftAdaptersAreFound() throws {
        let found = try Inspection(path: Self.fixture("families/gpt2-tied/adapter"))
        #expect(found.kind == .adapter && found.problem == nil)
        let adapter = try #require(found.adapter)
        #expect(adapter.rank == 2 && adapter.alpha == 8 && adapter.scale == 4 && adapter.layers == [0, 1])
        #expect(adapter.targets == ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"])
        try FileManager.default.copyItem(atPath: found.path, toPath: folder.path("dora"))
        let config = try String(contentsOfFile: folder.path("dora/adapter_config.json"), encoding: .utf8)
        try write(config.replacing("\"use_dora\": false", with: "\"use_dora\": true"), to: "dora/adapter_config.json")
        #expect(try Inspection(path: folder.path("dora")).problem?.contains("use_dora is set") == true)
    }

    @Test func ggufAdaptersAreFound() throws {
        let model = try TinyModel.make(maps: [.query])
        try model.learned.adapter.writeGGUF(
            to: folder.path("a.gguf"), configuration: model.learned.configuration)
        let found = try Inspection(path: folder.path("a.gguf"))
        #expect(found.kind == .adapter && found.problem == nil)
        let adapter = try #require(found.adapter)
        // The file's α is that of the plain rule: 4/√2 · 2.
        #expect(adapter.rank == 2 && adapter.targets == ["attn_q"] && adapter.layers == [0, 1])
        #expect(abs(try #require(adapter.scale) - 4 / 2.0.squareRoot()) < 1e-6)
    }

    @Test func numbersForPeople() {
        #expect(InspectionReport.ranges([]) == "" && InspectionReport.ranges([0, 1, 2, 5, 7, 8]) == "0..2, 5, 7..8")
        #expect(InspectionReport.ranges([.max]) == "\(Int.max)")
        #expect(InspectionReport.size(999) == "999 bytes" && InspectionReport.size(98_362_432).hasSuffix("(98.4 MB)"))
    }
}
