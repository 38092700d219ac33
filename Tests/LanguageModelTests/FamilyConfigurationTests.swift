import Foundation
import Testing

@testable import LanguageModel

/// `config.json` of GPT-2 and Qwen2, and of every family as it is written.
@Suite struct FamilyConfigurationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func parse(_ json: String) throws -> ModelConfiguration {
        try ModelConfiguration(path: folder.write(json, to: "config.json"))
    }

    private static let gpt2 = #""model_type": "gpt2", "vocab_size": 61, "n_embd": 16, "n_layer": 2, "n_head": 4"#
    private static let qwen2 = """
        "model_type": "qwen2", "vocab_size": 61, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
        "num_attention_heads": 4
        """

    /// The file of the first GPT-2, without the keys that only matter to training.
    @Test func gpt2IsRead() throws {
        let configuration = try parse(
            """
            {"activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1,
            "bos_token_id": 50256, "eos_token_id": 50256, "layer_norm_epsilon": 1e-05, "model_type": "gpt2",
            "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "vocab_size": 50257}
            """)
        #expect(
            try configuration
                == ModelConfiguration(
                    family: .gpt2, vocabularySize: 50257, width: 768, intermediateWidth: 3072, layers: 12, heads: 12,
                    normalizationEpsilon: 1e-5, tiedEmbeddings: true, maximumPositions: 1024, bosToken: 50256,
                    eosTokens: [50256]))
    }

    @Test func gpt2HasItsOwnDefaults() throws {
        for inner in ["", #", "n_inner": null"#] {
            let configuration = try parse("{\(Self.gpt2)\(inner)}")
            #expect(configuration.intermediateWidth == 64 && configuration.headWidth == 4)
            #expect(configuration.normalizationEpsilon == 1e-5 && configuration.maximumPositions == 1024)
            #expect(configuration.tiedEmbeddings && configuration.keyValueHeads == 4)
        }
        let stated = try parse(#"{\#(Self.gpt2), "n_inner": 40, "tie_word_embeddings": false, "n_positions": 32}"#)
        #expect(stated.intermediateWidth == 40 && !stated.tiedEmbeddings && stated.maximumPositions == 32)
    }

    /// Heads of an odd width are no hindrance where nothing rotates.
    @Test func gpt2MayHaveHeadsOfAnyWidth() throws {
        let json = "{\(Self.gpt2)}".replacingOccurrences(of: "\"n_embd\": 16", with: "\"n_embd\": 12")
        #expect(try parse(json).headWidth == 3)
    }

    @Test func qwen2IsRead() throws {
        let configuration = try parse(
            """
            {"architectures": ["Qwen2ForCausalLM"], "bos_token_id": 151643, "eos_token_id": 151645, "hidden_act": "silu",
            "hidden_size": 896, "intermediate_size": 4864, "max_position_embeddings": 32768, "max_window_layers": 21,
            "model_type": "qwen2", "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2,
            "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "sliding_window": 32768, "tie_word_embeddings": true,
            "use_sliding_window": false, "vocab_size": 151936}
            """)
        #expect(
            try configuration
                == ModelConfiguration(
                    family: .qwen2, vocabularySize: 151936, width: 896, intermediateWidth: 4864, layers: 24, heads: 14,
                    keyValueHeads: 2, headWidth: 64, normalizationEpsilon: 1e-6, ropeTheta: 1_000_000,
                    tiedEmbeddings: true, maximumPositions: 32768, bosToken: 151643, eosTokens: [151645]))
    }

    @Test(arguments: [
        (gpt2, #""scale_attn_by_inverse_layer_idx": true"#, "scale_attn_by_inverse_layer_idx"),
        (gpt2, #""scale_attn_weights": false"#, "scale_attn_weights"),
        (gpt2, #""add_cross_attention": true"#, "add_cross_attention"),
        (gpt2, #""activation_function": "relu""#, "activation_function"),
        (gpt2, #""activation_function": "gelu""#, "activation_function"),
        (gpt2, #""n_inner": 0"#, "n_inner"), (gpt2, #""n_inner": "64""#, "n_inner"),
        (gpt2, #""n_embd": 9223372036854775807"#, "n_embd"), (gpt2, #""n_embd": 4611686018427387904"#, "n_embd"),
        (gpt2, #""n_head": 3"#, "n_head"), (gpt2, #""n_positions": 0"#, "n_positions"),
        (gpt2, #""layer_norm_epsilon": 0"#, "layer_norm_epsilon"), (gpt2, #""n_layer": 5000"#, "n_layer"),
        (gpt2, #""quantization_config": {"bits": 8}"#, "quantization_config"),
        (qwen2, #""use_sliding_window": true"#, "use_sliding_window"),
        (qwen2, #""layer_types": ["full_attention", "sliding_attention"]"#, "layer_types"),
        (qwen2, #""hidden_act": "gelu_new""#, "hidden_act"),
        (qwen2, #""rope_scaling": {"type": "longrope", "factor": 4.0}"#, "rope_scaling"),
        (qwen2, #""num_key_value_heads": 3"#, "num_key_value_heads"),
    ])
    func unfitSettingsAreRefusedByKey(base: String, change: String, key: String) {
        // Of two equal keys the last one would count, or the first; each is there once.
        let name = key == "n_embd" || key == "n_head" || key == "n_layer" ? "\"\(key)\"" : ""
        let rest = base.split(separator: ", ").filter { name.isEmpty || !$0.contains(name) }.joined(separator: ", ")
        let error = #expect(throws: ModelConfigurationError.self) { try parse("{\(rest), \(change)}") }
        #expect(error?.key == key, "\(String(describing: error))")
        #expect(error?.file == "\(folder.path)/config.json")
    }

    @Test func settingsThatSayNothingSpecialAreTaken() throws {
        let gpt2 =
            #""scale_attn_weights": true, "scale_attn_by_inverse_layer_idx": false, "add_cross_attention": false"#
        #expect(try parse("{\(Self.gpt2), \(gpt2)}") == parse("{\(Self.gpt2)}"))
        let qwen2 = #""layer_types": ["full_attention", "full_attention"], "use_sliding_window": false"#
        #expect(try parse("{\(Self.qwen2), \(qwen2)}") == parse("{\(Self.qwen2)}"))
        #expect(try parse(#"{\#(Self.gpt2), "activation_function": "gelu_pytorch_tanh"}"#) == parse("{\(Self.gpt2)}"))
    }

    @Test(arguments: ["n_embd", "n_layer", "n_head", "vocab_size"]) func missingKeysOfGPT2AreNamed(key: String) {
        let json = "{\(Self.gpt2)}".replacingOccurrences(of: "\"\(key)\"", with: "\"other\"")
        let error = #expect(throws: ModelConfigurationError.self) { try parse(json) }
        #expect(error?.key == key && error?.problem == "is missing; the file must give it")
    }

    @Test(arguments: ModelFamily.allCases) func whatWasWrittenIsReadBack(family: ModelFamily) throws {
        let rotates = family != .gpt2
        let window = family == .gemma3 ? SlidingWindow(tokens: 5, theta: 300, layers: [true, false, true]) : nil
        for (tied, ends) in [(true, [2]), (false, []), (false, [2, 7])] {
            let configuration = try ModelConfiguration(
                family: family, vocabularySize: 61, width: 24, intermediateWidth: 40, layers: 3, heads: 4,
                keyValueHeads: rotates ? 2 : nil, headWidth: rotates ? 8 : nil, normalizationEpsilon: 1e-5,
                ropeTheta: rotates ? 5000 : 10_000, ropeScaling: rotates && tied ? .linear(factor: 3) : .none,
                slidingWindow: window, tiedEmbeddings: tied, maximumPositions: 128,
                bosToken: tied ? 1 : nil, eosTokens: ends, paddingToken: tied ? nil : 3)
            try configuration.write(to: "\(folder.path)/config.json")
            #expect(try ModelConfiguration(path: "\(folder.path)/config.json") == configuration)
        }
    }

    /// The configurations that transformers wrote for the fixtures.
    @Test(arguments: FamilyFixture.names) func fixturesAreReadBack(_ name: String) throws {
        let configuration = try FamilyFixture(name).configuration
        try configuration.write(to: "\(folder.path)/config.json")
        #expect(try ModelConfiguration(path: "\(folder.path)/config.json") == configuration)
    }

    @Test func gpt2IsWrittenInItsOwnSpelling() throws {
        try parse("{\(Self.gpt2)}").write(to: "\(folder.path)/config.json")
        let json = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/config.json")))
        let keys = try #require(json as? [String: Any])
        #expect(keys["n_embd"] as? Int == 16 && keys["n_inner"] as? Int == 64 && keys["n_positions"] as? Int == 1024)
        #expect(keys["architectures"] as? [String] == ["GPT2LMHeadModel"])
        #expect(keys["hidden_size"] == nil && keys["rope_theta"] == nil && keys["num_key_value_heads"] == nil)
    }
}
