import Foundation
import ModelFiles
import Tensors
import Testing

@testable import LanguageModel

/// The same model in every form that Hugging Face's files have had: configurations of transformers 4 and 5, one file of
/// weights and several.
@Suite struct PretrainedModelTests {
    private static let names = [
        "gpt2-tied", "gpt2-untied", "llama-gqa-sharded", "llama-gqa-tied", "llama-mha", "llama-mha-untied",
        "qwen2-mha-tied", "qwen2-mha-untied", "qwen2-tied", "qwen2-untied",
    ]

    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pretrained-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// The configuration of a fixture with its rotary base where one version of transformers, or the other, looks for it.
    private func writeConfiguration(of name: String, old: Bool) throws {
        let file = FamilyFixture.folder.appendingPathComponent("\(name)/config.json")
        var keys = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let rotary = keys["rope_parameters"] as? [String: Any]
        let theta = rotary?["rope_theta"] ?? keys["rope_theta"]
        keys["rope_parameters"] = nil
        keys["rope_theta"] = nil
        if let theta {
            if old {
                keys["rope_theta"] = theta
                keys["rope_scaling"] = NSNull()
            } else {
                keys["rope_parameters"] = ["rope_theta": theta, "rope_type": "default"]
            }
        }
        try JSONSerialization.data(withJSONObject: keys).write(to: folder.appendingPathComponent("config.json"))
    }

    /// The weights of a model, one by one in turn in so many files; a single file has no index.
    private func writeWeights(of model: PretrainedModel, shards: Int) throws {
        let family = model.configuration.family.definition.weights
        let tensors = zip(model.weights.layout.entries, model.weights.values).map { entry, weight in
            guard case .map(_, _, .weight) = entry.role, family.storesMapsTransposed else {
                return SafeTensorsTensor(name: entry.name, weight.tensor)
            }
            let matrix = QuantizedMatrix(quantizing: weight.tensor, as: .float32)
            let transposed: Tensor<Float>? = matrix.transposed().map { $0.dequantized() }
            return SafeTensorsTensor(name: entry.name, transposed ?? weight.tensor)
        }
        guard shards > 1 else {
            return try SafeTensorsWriter(tensors: tensors)
                .write(to: folder.appendingPathComponent("model.safetensors").path)
        }
        var map: [String: String] = [:]
        for shard in 0..<shards {
            let file = "model-0000\(shard + 1)-of-0000\(shards).safetensors"
            let part = tensors.indices.filter { $0 % shards == shard }.map { tensors[$0] }
            for tensor in part { map[tensor.name] = file }
            try SafeTensorsWriter(tensors: part).write(to: folder.appendingPathComponent(file).path)
        }
        try JSONSerialization.data(withJSONObject: ["weight_map": map])
            .write(to: folder.appendingPathComponent("model.safetensors.index.json"))
    }

    @Test(arguments: names, [true, false]) func everyFormIsTheSameModel(_ name: String, _ old: Bool) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let expected = try FamilyFixture(name).model
        for shards in [1, 3] {
            try? FileManager.default.removeItem(at: folder)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try writeConfiguration(of: name, old: old)
            try writeWeights(of: expected, shards: shards)
            let found = try PretrainedModel(path: folder.path)
            #expect(found.configuration == expected.configuration)
            #expect(found.weights.values.map(\.tensor) == expected.weights.values.map(\.tensor), "\(shards) files")
        }
    }

    @Test func missingTensorsAndNumbersThatAreNotFiniteAreNamed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = try FamilyFixture("qwen2-tied").model
        try writeConfiguration(of: "qwen2-tied", old: false)
        let names = model.weights.named.map(\.name)
        for name in [names[0], names[3], names[names.count - 1]] {
            let path = folder.appendingPathComponent("model.safetensors").path
            let rest = model.weights.written().filter { $0.name != name }
            try SafeTensorsWriter(tensors: rest).write(to: path)
            let missing = #expect(throws: SafeTensorsError.self) { try PretrainedModel(path: folder.path) }
            #expect(missing?.tensor == name)
            let shape = try #require(model.weights.named.first { $0.name == name }).value.shape
            let broken = SafeTensorsTensor(name: name, Tensor<Float>(repeating: .nan, shape: shape))
            try SafeTensorsWriter(tensors: rest + [broken]).write(to: path)
            let failure = #expect(throws: WeightMismatch.self) { try PretrainedModel(path: folder.path) }
            #expect(failure?.problem.contains(name) == true && failure?.problem.contains("not finite") == true)
        }
    }

    @Test func weightsAsPythonObjectsAreRefused() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeConfiguration(of: "llama-mha", old: true)
        try Data("pickle".utf8).write(to: folder.appendingPathComponent("pytorch_model.bin"))
        let failure = #expect(throws: ModelNotFound.self) { try PretrainedModel(path: folder.path) }
        #expect(
            failure?.path.hasSuffix("pytorch_model.bin") == true && failure?.problem.contains("safetensors") == true)
        // Beside safetensors it does not matter.
        try writeWeights(of: FamilyFixture("llama-mha").model, shards: 1)
        #expect(try PretrainedModel(path: folder.path).configuration.family == .llama)
    }

    @Test func foldersWithoutAModelOrWithSeveralAreRefused() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: ModelNotFound.self) { try PretrainedModel(path: folder.path) }
        #expect(throws: ModelNotFound.self) { try PretrainedModel(path: folder.path + "/missing") }
        let file = FamilyFixture.folder.appendingPathComponent("gguf-qwen2-f32/model.gguf")
        try FileManager.default.copyItem(at: file, to: folder.appendingPathComponent("one.gguf"))
        #expect(try PretrainedModel(path: folder.path).configuration.family == .qwen2)
        try FileManager.default.copyItem(at: file, to: folder.appendingPathComponent("two.gguf"))
        let failure = #expect(throws: ModelNotFound.self) { try PretrainedModel(path: folder.path) }
        #expect(failure?.problem.contains("one.gguf, two.gguf") == true)
    }
}
