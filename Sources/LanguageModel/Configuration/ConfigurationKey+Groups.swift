import StrictJSON

// Keys that families share.

// config.json
extension [ConfigurationKey] {
    /// The sizes of a model, as most families name them, with the tokens that frame a text. What a file leaves out is as
    /// in transformers' configuration classes.
    static var sizes: Self { sizes() }

    static func sizes(
        keyValueHeads: Int? = nil, headWidth: Int? = nil, maximumPositions: Int = 2048, tiesEmbeddings: Bool = false
    ) -> Self {
        [
            .required("vocab_size", \.vocabularySize), .required("hidden_size", \.width),
            .required("intermediate_size", \.intermediateWidth), .required("num_hidden_layers", \.layers),
            .required("num_attention_heads", \.heads),
            .optional("num_key_value_heads", \.keyValueHeads, default: keyValueHeads),
            .optional("head_dim", \.headWidth, default: headWidth),
            .optional("rms_norm_eps", \.normalizationEpsilon, default: 1e-6),
            .optional("tie_word_embeddings", \.tiedEmbeddings, default: tiesEmbeddings),
            .optional("max_position_embeddings", \.maximumPositions, default: maximumPositions),
        ] + .tokens
    }

    /// The tokens that frame a text. An absent one is written as null, for transformers would fill in its own default.
    static let tokens: Self = [
        ConfigurationKey("bos_token_id", part: \ConfigurationParts.bosToken) { source, parts in
            parts.bosToken = try source.integer("bos_token_id")
        } write: {
            .optional($0.bosToken)
        },
        // The first Llama models said "none" as -1.
        ConfigurationKey("pad_token_id", part: \ConfigurationParts.paddingToken) { source, parts in
            let token = try source.integer("pad_token_id")
            parts.paddingToken = token == -1 ? nil : token
        } write: {
            .optional($0.paddingToken)
        },
        ConfigurationKey("eos_token_id", part: \ConfigurationParts.eosTokens) { source, parts in
            parts.eosTokens = try (source as? ConfigurationObject)?.integers("eos_token_id") ?? []
        } write: {
            $0.eosTokens.count > 1 ? .array($0.eosTokens.map(\.json)) : .optional($0.eosTokens.first)
        },
    ]

    /// Attention in a sliding window, which Qwen's files speak of and no model of theirs uses.
    static let withoutWindow: Self =
        [
            .fixed("use_sliding_window", to: .boolean(false), isWritten: false),
            ConfigurationKey("layer_types", effect: .fixed([.string("full_attention")])) { source, _ in
                let types = try (source as? ConfigurationObject)?.texts("layer_types") ?? []
                guard let other = types.first(where: { $0 != "full_attention" }) else { return }
                throw source.refusal("layer_types", "layers of type \"\(other)\" are not supported for this family")
            },
        ] + .harmless("sliding_window", "max_window_layers")

    /// What transformers writes for models of any family.
    static let common: Self =
        [
            .fixed("add_cross_attention", to: .boolean(false), isWritten: false),
            .fixed("is_encoder_decoder", to: .boolean(false), isWritten: false),
            .fixed("pruned_heads", to: .object([]), isWritten: false),
            .absent(
                "quantization_config",
                "quantized weights are not supported here; use the full weights, or a GGUF file"),
            .absent("quantization", "quantized weights are not supported here; use the full weights, or a GGUF file"),
        ]
        + .harmless(
            // What the model is, and what wrote the file.
            "model_type", "architectures", "transformers_version", "torch_dtype", "dtype", "_name_or_path",
            "_commit_hash", "_attn_implementation", "_attn_implementation_autoset", "attn_implementation",
            "transformers.js_config", "unsloth_fixed", "unsloth_version", "tokenizer_class", "auto_map", "name_or_path",
            // Training, and other uses of the weights.
            "initializer_range", "attention_dropout", "use_cache", "finetuning_task", "id2label", "label2id",
            "problem_type", "task_specific_params", "return_dict", "output_past", "chunk_size_feed_forward", "prefix",
            // How transformers would generate; `generate` has options of its own.
            "max_length", "min_length", "early_stopping", "num_beams", "num_beam_groups", "diversity_penalty",
            "temperature", "top_k", "top_p", "typical_p", "do_sample", "repetition_penalty", "length_penalty",
            "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "num_return_sequences", "sep_token_id",
            "decoder_start_token_id", "forced_bos_token_id", "forced_eos_token_id", "cache_implementation")
}

// GGUF, without the architecture in front of each key
extension [ConfigurationKey] {
    static let ggufStackSizes: Self = [
        .required("context_length", \.maximumPositions), .required("embedding_length", \.width),
        .required("feed_forward_length", \.intermediateWidth), .required("block_count", \.layers),
        .required("attention.head_count", \.heads), .optional("attention.head_count_kv", \.keyValueHeads),
    ]

    static let ggufSizes: Self =
        ggufStackSizes + [
            .optional("attention.key_length", \.headWidth),
            .required("attention.layer_norm_rms_epsilon", \.normalizationEpsilon),
            equalToHead("attention.value_length", "values of another width than keys are not supported"),
            equalToHead("rope.dimension_count", "rotating only a part of each head is not supported"),
            .fixed("expert_count", to: .integer(0)), .fixed("attention.causal", to: .boolean(true)),
        ] + .harmless("expert_used_count")

    static let ggufWithoutWindow: Self = [.fixed("attention.sliding_window", to: .integer(0))]

    /// A key that must say a head's width.
    private static func equalToHead(_ name: String, _ problem: String) -> ConfigurationKey {
        ConfigurationKey(name, effect: .fixed([.string("the width of a head")])) { source, parts in
            // Sizes that no model has are refused as such, later.
            guard let found = try source.integer(name), let width = parts.width, let heads = parts.heads, heads > 0
            else { return }
            guard found == parts.headWidth ?? width / heads else { throw source.refusal(name, problem) }
        }
    }
}

extension JSONValue {
    /// The number, or null for nil.
    static func optional(_ number: Int?) -> JSONValue { number.map { .integer($0) } ?? .null }
}
