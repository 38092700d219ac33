import Foundation
import ModelFiles
import Tensors
import Testing

@testable import LanguageModel

/// Every tensor of a file is used, derived, of no use, or refused; and a text ends wherever any file says so.
@Suite struct ModelFileContentsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A fixture's model in a folder, with other tensors and settings.
    private func model(
        _ name: String, tied: Bool? = nil, change: (inout [SafeTensorsTensor]) -> Void
    ) throws -> PretrainedModel {
        var tensors = try FamilyFixture(name).model.weights.written()
        change(&tensors)
        try SafeTensorsWriter(tensors: tensors).write(to: "\(folder.path)/model.safetensors")
        let file = FamilyFixture.folder.appendingPathComponent("\(name)/config.json")
        var keys = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        if let tied { keys["tie_word_embeddings"] = tied }
        try JSONSerialization.data(withJSONObject: keys).write(
            to: URL(fileURLWithPath: "\(folder.path)/config.json"))
        return try PretrainedModel(path: folder.path)
    }

    private func weights(_ model: PretrainedModel) -> [Tensor<Float>] { model.weights.values.map(\.tensor) }

    @Test func aHeadMayStandForTheEmbeddingItIsTiedTo() throws {
        let expected = try FamilyFixture("llama-gqa-tied").model
        let found = try model("llama-gqa-tied") { tensors in
            tensors = tensors.map {
                $0.name == "model.embed_tokens.weight"
                    ? SafeTensorsTensor(name: "lm_head.weight", shape: $0.shape, scalars: $0.scalars) : $0
            }
        }
        #expect(found.configuration.tiedEmbeddings && weights(found) == weights(expected))
        #expect(found.unusedTensors.isEmpty)
    }

    /// As transformers 5 takes it.
    @Test func aHeadThatDiffersFromTheEmbeddingIsAHeadOfItsOwn() throws {
        let expected = try FamilyFixture("llama-mha-untied").model
        let found = try model("llama-mha-untied", tied: true) { _ in }
        #expect(!found.configuration.tiedEmbeddings && weights(found) == weights(expected))
    }

    @Test func aHeadThatEqualsTheEmbeddingIsTheEmbedding() throws {
        let found = try model("llama-gqa-tied") { tensors in
            let embedding = tensors[0]
            tensors.append(
                SafeTensorsTensor(name: "lm_head.weight", shape: embedding.shape, scalars: embedding.scalars))
        }
        #expect(found.configuration.tiedEmbeddings && found.unusedTensors.isEmpty)
    }

    @Test func tensorsOfNoUseAreListed() throws {
        let found = try model("llama-gqa-tied") { tensors in
            for name in ["model.layers.0.unused", "mtp.fc.weight", "model.layers.1.self_attn.rotary_emb.inv_freq"] {
                tensors.append(SafeTensorsTensor(name: name, Tensor<Float>(zeros: [2, 2])))
            }
        }
        #expect(found.unusedTensors == ["model.layers.0.unused", "mtp.fc.weight"])
        #expect(weights(found) == weights(try FamilyFixture("llama-gqa-tied").model))
    }

    @Test func tensorsThatActAreRefused() throws {
        let name = "model.layers.0.self_attn.q_proj.bias"
        let error = #expect(throws: WeightMismatch.self) {
            try model("llama-gqa-tied") { $0.append(SafeTensorsTensor(name: name, Tensor<Float>(zeros: [16]))) }
        }
        #expect(error?.problem.hasPrefix("\(name) acts in the computation, and a llama model has no place") == true)
        let file = try GGUFFile(path: FamilyFixture.folder.appendingPathComponent("gguf-llama-q8_0/model.gguf").path)
        let tensors = try file.tensors.map {
            GGUFTensor(name: $0.name, try file.row($0.name).dequantized(), as: .float32)
        }
        let bias = GGUFTensor(name: "blk.0.attn_q.bias", Tensor<Float>(zeros: [32]))
        let biased = try GGUFFile(
            data: GGUFWriter(metadata: file.metadata, tensors: tensors + [bias]).serialized(), file: "model.gguf")
        let configuration = try ModelConfiguration(gguf: file)
        let refusal = #expect(throws: WeightMismatch.self) { try biased.unusedTensors(of: configuration) }
        #expect(refusal?.problem.hasPrefix("blk.0.attn_q.bias acts in the computation") == true)
    }

    @Test func generationSettingsSayWhatEndsAText() throws {
        let expected = try FamilyFixture("llama-gqa-tied").configuration
        for (ends, all) in [("7", [2, 7]), ("[2, 9, 7]", [2, 9, 7]), ("null", [2])] {
            try folder.write(#"{"eos_token_id": \#(ends), "do_sample": true}"#, to: "generation_config.json")
            let found = try model("llama-gqa-tied") { _ in }
            #expect(expected.eosTokens == [2] && found.configuration.eosTokens == all)
        }
        try folder.write(#"{"eos_token_id": 1000}"#, to: "generation_config.json")
        let error = #expect(throws: ModelConfigurationError.self) { try model("llama-gqa-tied") { _ in } }
        #expect(error?.file?.hasSuffix("generation_config.json") == true && error?.key == "eos_token_id")
    }

    @Test func everyEndInAGGUFFileCounts() throws {
        let file = try GGUFFile(path: FamilyFixture.folder.appendingPathComponent("gguf-qwen2-f32/model.gguf").path)
        let tensors = try file.tensors.map {
            GGUFTensor(name: $0.name, try file.row($0.name).dequantized(), as: .float32)
        }
        var metadata = file.metadata
        (metadata["tokenizer.ggml.eot_token_id"], metadata["tokenizer.ggml.eom_token_id"]) = (.uint32(3), .uint32(4))
        let embedding = try GGUFTensor(name: "token_embd.weight", file.matrix("token_embd.weight"))
        let changed = try GGUFFile(
            data: GGUFWriter(
                metadata: metadata, tensors: tensors.filter { $0.name != embedding.name } + [embedding]
            ).serialized(), file: "model.gguf")
        let own = try ModelConfiguration(gguf: file).eosTokens
        #expect(own.count == 1)
        #expect(try ModelConfiguration(gguf: changed).eosTokens == own + [3, 4])
    }

    /// Of a key that stands twice the last counts, as in Python.
    @Test func theLastOfTwoEqualKeysCounts() throws {
        let json = """
            {"model_type": "llama", "vocab_size": 142, "hidden_size": 96, "intermediate_size": 256, "rope_theta": 1e4,
            "num_hidden_layers": 3, "num_attention_heads": 4, "rope_theta": 5e5}
            """
        #expect(try ModelConfiguration(path: folder.write(json, to: "config.json")).ropeTheta == 500_000)
    }
}
