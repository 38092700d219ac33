import Foundation
import Testing

@testable import LanguageModel

/// What is taken from an `adapter_config.json`, and what is refused.
@Suite struct PEFTConfigurationTests {
    /// A configuration as PEFT writes it; `changes` are members of a JSON object, those of null are left out.
    private static func json(_ changes: String = "") throws -> String {
        let base = """
            {"alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "org/model", "bias": "none",
            "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true,
            "layer_replication": null, "layers_pattern": null, "layers_to_transform": null, "lora_alpha": 8,
            "lora_bias": false, "lora_dropout": 0.05, "modules_to_save": null, "peft_type": "LORA", "r": 4,
            "rank_pattern": {}, "revision": null, "target_modules": ["q_proj", "v_proj"], "task_type": "CAUSAL_LM",
            "trainable_token_indices": null, "use_dora": false, "use_rslora": true}
            """
        func members(_ json: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        }
        let merged = try members(base).merging(members("{\(changes)}")) { $1 }
        return try String(decoding: JSONSerialization.data(withJSONObject: merged), as: UTF8.self)
    }

    private func parse(_ json: String) throws -> PEFTConfiguration {
        let folder = try TemporaryFolder()
        return try PEFTConfiguration(path: folder.write(json, to: "adapter_config.json"))
    }

    @Test func whatPEFTWritesIsRead() throws {
        let settings = try parse(Self.json())
        #expect(settings.rank == 4 && settings.alpha == 8 && settings.rankStabilized == true)
        #expect(settings.targets == .list(["q_proj", "v_proj"]) && settings.layers == nil)
        #expect(settings.baseModel == "org/model" && settings.dropout == 0.05)
    }

    @Test func aFewKeysAreEnough() throws {
        let settings = try parse(
            #"{"peft_type": "LORA", "r": 2, "lora_alpha": 0.5, "target_modules": "all-linear"}"#)
        #expect(settings.rank == 2 && settings.alpha == 0.5 && settings.rankStabilized == nil)
        #expect(settings.targets == .word("all-linear"))
    }

    @Test(arguments: ["gaussian", "eva", "orthogonal"]) func otherBeginningsChangeNothing(name: String) throws {
        #expect(try parse(Self.json("\"init_lora_weights\": \"\(name)\"")) == parse(Self.json()))
        #expect(try parse(Self.json("\"init_lora_weights\": false")) == parse(Self.json()))
    }

    @Test func layersAreANumberOrAList() throws {
        #expect(try parse(Self.json(#""layers_to_transform": 3"#)).layers?.numbers == [3])
        #expect(try parse(Self.json(#""layers_to_transform": [1, 0]"#)).layers?.numbers == [1, 0])
    }

    @Test(arguments: [
        (#""peft_type": "IA3""#, "peft_type is IA3"), (#""r": 0"#, "r is 0"), (#""r": 65537"#, "r is 65537"),
        (#""r": -1"#, "r is -1"), (#""lora_alpha": 0"#, "lora_alpha is 0"), (#""lora_alpha": -4"#, "lora_alpha is -4"),
        (#""use_dora": true"#, "use_dora is set"), (#""lora_bias": true"#, "lora_bias is set"),
        (#""bias": "lora_only""#, "bias is \"lora_only\""), (#""bias": "all""#, "bias is \"all\""),
        (#""init_lora_weights": "pissa_niter_4""#, "init_lora_weights is \"pissa_niter_4\""),
        (#""init_lora_weights": "olora""#, "init_lora_weights is \"olora\""),
        (#""alora_invocation_tokens": [1, 2]"#, "alora_invocation_tokens is set"),
        (#""layer_replication": [[0, 2], [1, 2]]"#, "layer_replication is set"),
        (#""arrow_config": {"top_k": 3}"#, "arrow_config is set"), (#""use_qalora": true"#, "use_qalora is set"),
        (#""rank_pattern": {"q_proj": 8}"#, "rank_pattern is set"),
        (#""alpha_pattern": {"q_proj": 8}"#, "alpha_pattern is set"),
        (#""modules_to_save": ["lm_head"]"#, "modules_to_save is set"),
        (#""r": "4""#, "r: "), (#""r": null"#, "r: "), (#""target_modules": 7"#, "target_modules: "),
        (#""target_modules": ["q_proj", 7]"#, "target_modules"),
        (#""layers_to_transform": "all""#, "layers_to_transform"),
        (#""layers_to_transform": [0.5]"#, "is not JSON, or holds a number that its key cannot have"),
        (#""r": 1e30"#, "is not JSON, or holds a number that its key cannot have"),
    ])
    func variantsAndNonsenseAreRefusedByKey(change: String, problem: String) throws {
        let json = try Self.json(change)
        let error = #expect(throws: AdapterFileError.self) { try parse(json) }
        #expect(error?.file.hasSuffix("/adapter_config.json") == true)
        #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["peft_type", "r", "lora_alpha"]) func missingKeysAreNamed(key: String) throws {
        let json = try Self.json().replacingOccurrences(of: "\"\(key)\"", with: "\"other\"")
        let error = #expect(throws: AdapterFileError.self) { try parse(json) }
        #expect(error?.problem.hasPrefix("\(key) is missing") == true)
    }

    @Test(arguments: ["", "{", "[]", "null", "\u{0}"]) func brokenFilesAreRefused(json: String) {
        let error = #expect(throws: AdapterFileError.self) { try parse(json) }
        #expect(error?.problem.isEmpty == false)
    }

    @Test func missingFilesAreNamed() {
        let error = #expect(throws: AdapterFileError.self) { try PEFTConfiguration(path: "/no/adapter_config.json") }
        #expect(error?.description.hasPrefix("/no/adapter_config.json: cannot be read") == true)
    }
}
