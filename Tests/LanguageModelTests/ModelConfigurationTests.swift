import Foundation
import Testing

@testable import LanguageModel

@Suite struct ModelConfigurationTests {
    private static func parse(_ json: String) throws -> ModelConfiguration {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("config.json")
        try Data(json.utf8).write(to: file)
        return try ModelConfiguration(path: file.path)
    }

    /// A small configuration, some of whose keys are changed or added; `changes` are members of a JSON object.
    private static func small(_ changes: String = "") throws -> String {
        let base = """
            {"model_type": "llama", "vocab_size": 142, "hidden_size": 96, "intermediate_size": 256,
            "num_hidden_layers": 3, "num_attention_heads": 4}
            """
        func members(_ json: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        }
        let merged = try members(base).merging(members("{\(changes)}")) { $1 }
        return try String(decoding: JSONSerialization.data(withJSONObject: merged), as: UTF8.self)
    }

    private func refusal(_ json: String) -> ModelConfigurationError? {
        #expect(throws: ModelConfigurationError.self) { try Self.parse(json) }
    }

    /// SmolLM2-135M as transformers 4 wrote it.
    @Test func earlierFormIsRead() throws {
        let configuration = try Self.parse(
            """
            {
              "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
              "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "silu", "hidden_size": 576,
              "initializer_range": 0.041666666666666664, "intermediate_size": 1536, "is_llama_config": true,
              "max_position_embeddings": 8192, "model_type": "llama", "num_attention_heads": 9,
              "num_hidden_layers": 30, "num_key_value_heads": 3, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
              "rope_interleaved": false, "rope_scaling": null, "rope_theta": 100000, "tie_word_embeddings": true,
              "torch_dtype": "bfloat16", "transformers_version": "4.40.1", "use_cache": true, "vocab_size": 49152
            }
            """)
        #expect(
            try configuration
                == ModelConfiguration(
                    vocabularySize: 49152, width: 576, intermediateWidth: 1536, layers: 30, heads: 9,
                    keyValueHeads: 3, headWidth: 64, normalizationEpsilon: 1e-5, ropeTheta: 100_000,
                    tiedEmbeddings: true, maximumPositions: 8192, bosToken: 0, eosTokens: [0]))
    }

    /// What transformers 5.23 writes.
    @Test func laterFormIsRead() throws {
        let configuration = try Self.parse(
            """
            {
              "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": [2, 7],
              "head_dim": 64, "hidden_act": "silu", "hidden_size": 576, "initializer_range": 0.02,
              "intermediate_size": 1536, "max_position_embeddings": 8192, "mlp_bias": false, "model_type": "llama",
              "num_attention_heads": 9, "num_hidden_layers": 30, "num_key_value_heads": 3, "pad_token_id": null,
              "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_theta": 7,
              "rope_parameters": {"rope_theta": 100000.0, "rope_type": "default"}, "tie_word_embeddings": true,
              "transformers_version": "5.23.0", "use_cache": true, "vocab_size": 49152
            }
            """)
        #expect(configuration.ropeTheta == 100_000)
        #expect(configuration.headWidth == 64)
        #expect(configuration.bosToken == 1)
        #expect(configuration.eosTokens == [2, 7])
        #expect(configuration.paddingToken == nil)
    }

    @Test func absentKeysHaveTransformersDefaults() throws {
        let configuration = try Self.parse(Self.small(#""head_dim": null, "pad_token_id": -1"#))
        #expect(configuration.keyValueHeads == 4)
        #expect(configuration.headWidth == 24)
        #expect(configuration.normalizationEpsilon == 1e-6)
        #expect(configuration.ropeTheta == 10_000)
        #expect(configuration.tiedEmbeddings == false)
        #expect(configuration.maximumPositions == 2048)
        #expect(configuration.eosTokens == [])
        #expect(configuration.paddingToken == nil)
    }

    @Test func headsMayBeWiderThanTheirShare() throws {
        #expect(try Self.parse(Self.small(#""head_dim": 32"#)).headWidth == 32)
        #expect(try Self.parse(Self.small(#""num_attention_heads": 4, "head_dim": 2"#)).headWidth == 2)
    }

    @Test(arguments: [[], [2], [2, 7]])
    func writtenConfigurationIsReadBack(eosTokens: [Int]) throws {
        let configuration = try ModelConfiguration(
            vocabularySize: 142, width: 96, intermediateWidth: 256, layers: 3, heads: 4, keyValueHeads: 2,
            normalizationEpsilon: 1e-5, ropeTheta: 5000, tiedEmbeddings: true, maximumPositions: 512,
            bosToken: 1, eosTokens: eosTokens, paddingToken: 3)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try configuration.write(to: path)
        #expect(try ModelConfiguration(path: path) == configuration)
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
        let keys = try #require(json as? [String: Any])
        #expect(keys["model_type"] as? String == "llama")
        #expect(keys["num_key_value_heads"] as? Int == 2)
        #expect(keys["rope_theta"] as? Double == 5000)
        #expect((keys["rope_parameters"] as? [String: Any])?["rope_theta"] as? Double == 5000)
    }

    @Test(arguments: [
        (#""model_type": "mistral""#, "model_type"),
        (#""model_type": "qwen2", "use_sliding_window": true"#, "use_sliding_window"),
        (#""attention_bias": true"#, "attention_bias"),
        (#""mlp_bias": true"#, "mlp_bias"), (#""hidden_act": "gelu""#, "hidden_act"),
        (#""rope_scaling": {"type": "linear", "factor": 0}"#, "rope_scaling"),
        (#""rope_scaling": {"type": "linear", "factor": 2.0, "beta_fast": 4}"#, "rope_scaling.beta_fast"),
        (#""rope_scaling": {"type": "dynamic", "factor": 2.0}"#, "rope_scaling"),
        (#""rope_scaling": {"rope_type": "llama3", "factor": 8.0}"#, "rope_scaling.low_freq_factor"),
        (#""rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4}"#, "rope_parameters.factor"),
        (#""attention_dropping": 0.5"#, "attention_dropping"), (#""rope_interleaved": true"#, "rope_interleaved"),
        (#""rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5}"#, "rope_parameters"),
        (#""partial_rotary_factor": 0.5"#, "partial_rotary_factor"),
        (#""quantization_config": {"bits": 4}"#, "quantization_config"),
        (#""vocab_size": 0"#, "vocab_size"), (#""num_hidden_layers": -3"#, "num_hidden_layers"),
        (#""intermediate_size": 16777217"#, "intermediate_size"),
        (#""hidden_size": 9223372036854775807"#, "hidden_size"),
        (#""num_attention_heads": 0"#, "num_attention_heads"), (#""num_attention_heads": 5"#, "num_attention_heads"),
        (#""num_attention_heads": 97"#, "num_attention_heads"), (#""num_key_value_heads": 3"#, "num_key_value_heads"),
        (#""head_dim": 0"#, "head_dim"), (#""head_dim": 25"#, "head_dim"), (#""num_attention_heads": 32"#, "head_dim"),
        (#""rms_norm_eps": 0"#, "rms_norm_eps"), (#""rope_theta": 0"#, "rope_theta"),
        (#""max_position_embeddings": 0"#, "max_position_embeddings"), (#""bos_token_id": 142"#, "bos_token_id"),
        (#""eos_token_id": [2, -1]"#, "eos_token_id"), (#""pad_token_id": -2"#, "pad_token_id"),
        (#""hidden_size": "96""#, "hidden_size"), (#""tie_word_embeddings": 1"#, "tie_word_embeddings"),
        (#""hidden_size": null"#, "hidden_size"), (#""eos_token_id": "two""#, "eos_token_id"),
        (#""hidden_size": 96.5"#, "hidden_size"), (#""hidden_size": 1e30"#, "hidden_size"),
        (#""rope_parameters": {"rope_theta": "x"}"#, "rope_parameters.rope_theta"),
    ])
    func unfitSettingsAreRefusedByKey(change: String, key: String) throws {
        let failure = refusal(try Self.small(change))
        #expect(failure?.key == key)
        #expect(failure?.file?.hasSuffix("config.json") == true)
        #expect(failure?.description.contains("config.json: \(key): ") == true)
    }

    @Test(arguments: ["model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers"])
    func missingKeysAreNamed(key: String) throws {
        let failure = refusal(try Self.small().replacingOccurrences(of: key, with: "other"))
        #expect(failure?.key == key)
        #expect(failure?.problem == "is missing; the file must give it")
    }

    @Test(arguments: ["", "{", "[1]", "null", #"{"model_type": "llama", "rope_parameters": 1e999}"#])
    func brokenFilesAreRefused(json: String) {
        #expect(refusal(json)?.problem.isEmpty == false)
    }

    @Test func missingFilesAreNamed() {
        let failure = #expect(throws: ModelConfigurationError.self) { try ModelConfiguration(path: "/no/config.json") }
        #expect(failure?.description.hasPrefix("/no/config.json: cannot be read") == true)
    }
}
