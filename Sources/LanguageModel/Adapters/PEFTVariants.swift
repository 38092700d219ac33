/// What an `adapter_config.json` says of variants of LoRA, which would change what an adapter computes.
struct PEFTVariants: Decodable {
    /// Keys that must say nothing, in PEFT 0.21.
    private static let unsupported = [
        "use_dora", "lora_bias", "rank_pattern", "alpha_pattern", "modules_to_save", "use_qalora", "use_bdlora",
        "alora_invocation_tokens", "arrow_config", "kasa_config", "monteclora_config", "layer_replication",
        "target_parameters", "trainable_token_indices",
    ]
    /// Ways to begin training that leave the base model as it was. Others take what the adapter begins with out of the
    /// base model's weights, which then are no longer those of its files.
    private static let plainBeginnings = ["gaussian", "eva", "orthogonal"]

    private let settings: [String: Setting]

    init(from decoder: any Decoder) throws { settings = try [String: Setting](from: decoder) }

    /// The problem with the first variant that is in use.
    var problem: String? {
        if let key = Self.unsupported.first(where: { settings[$0]?.isSet == true }) {
            return "\(key) is set: only plain LoRA is supported; train the adapter without it"
        }
        if let bias = settings["bias"]?.word, bias != "none" {
            return "bias is \"\(bias)\": only plain LoRA is supported; train the adapter without it"
        }
        if let beginning = settings["init_lora_weights"]?.word, !Self.plainBeginnings.contains(beginning) {
            return "init_lora_weights is \"\(beginning)\", which changes the base model: "
                + "save the adapter with path_initial_model_for_weight_conversion"
        }
        return nil
    }
}

/// A value of any kind, as far as it can be told whether it says anything.
private struct Setting: Decodable {
    /// Whether it is neither null, nor false, nor empty.
    let isSet: Bool
    /// The text of a string.
    let word: String?

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        word = try? value.decode(String.self)
        if let list = try? decoder.unkeyedContainer() {
            isSet = !list.isAtEnd
        } else if let object = try? decoder.container(keyedBy: Key.self) {
            isSet = !object.allKeys.isEmpty
        } else {
            isSet = !value.decodeNil() && (try? value.decode(Bool.self)) != false
        }
    }
}
