import Autodiff

/// GPT-2 (Radford et al. 2019): LayerNorm, learned positions, GELU in its tanh form, biases everywhere.
enum GPT2: FamilyDefinition {
    static let name = "gpt2"
    static let architecture = "GPT2LMHeadModel"
    static let peftTargets: [LinearMap] = [.queryKeyValue]

    static let configurationKeys: [ConfigurationKey] =
        [
            .required("vocab_size", \.vocabularySize), .required("n_embd", \.width),
            .optional("n_inner", \.intermediateWidth) { $0.width?.multipliedReportingOverflow(by: 4).partialValue },
            .required("n_layer", \.layers), .required("n_head", \.heads),
            .optional("n_positions", \.maximumPositions, default: 1024),
            .optional("layer_norm_epsilon", \.normalizationEpsilon, default: 1e-5),
            .optional("tie_word_embeddings", \.tiedEmbeddings, default: true),
            .fixed("activation_function", to: "gelu_new", "gelu_pytorch_tanh"),
            .fixed("scale_attn_weights", to: .boolean(true), isWritten: false),
            .fixed("scale_attn_by_inverse_layer_idx", to: .boolean(false), isWritten: false),
        ]
        + .harmless(
            "n_ctx", "attn_pdrop", "embd_pdrop", "resid_pdrop", "reorder_and_upcast_attn", "summary_activation",
            "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj")
        + .tokens + .common

    static let ggufKeys: [ConfigurationKey] =
        .ggufStackSizes + [.required("attention.layer_norm_epsilon", \.normalizationEpsilon)]

    static let weights = FamilyWeights(
        prefix: "transformer.", embedding: "wte", positions: "wpe", layers: "h", norms: [.first, .second],
        maps: [.queryKeyValue, .attentionOutput, .expansion, .contraction],
        biasedMaps: [.queryKeyValue, .attentionOutput, .expansion, .contraction], finalNorm: "ln_f",
        centersNorms: true, storedMaps: .transposed, derived: ["attn.bias", "attn.masked_bias"])

    static func output<Value>(of x: Variable<Value>, in layer: TransformerLayer<Value>) -> Variable<Value> {
        let layout = layer.configuration.headLayout
        let keys = layout.heads * layout.headWidth, values = keys + layout.keyValueHeads * layout.headWidth
        let qkv = layer.project(.queryKeyValue, layer.normalized(x, .first))
        let attended = layer.attention(
            queries: qkv.columns(0..<keys), keys: qkv.columns(keys..<values),
            values: qkv.columns(values..<qkv.value.primal.width))
        let h = x + layer.project(.attentionOutput, attended)
        let f = layer.project(.expansion, layer.normalized(h, .second)).mapped(.geluTanh)
        return h + layer.project(.contraction, f)
    }
}

extension ModelFamily {
    public static let gpt2 = ModelFamily(GPT2.self)
}

extension LayerNorm {
    fileprivate static let first = LayerNorm("ln_1", gguf: "attn_norm")
    fileprivate static let second = LayerNorm("ln_2", gguf: "ffn_norm")
}

extension LinearMap {
    /// Queries, keys and values in one map.
    public static let queryKeyValue = LinearMap(
        "attn.c_attn", gguf: "attn_qkv", from: .stream, to: .queriesKeysAndValues)
    public static let attentionOutput = LinearMap(
        "attn.c_proj", shortName: "attn.c_proj", gguf: "attn_output", from: .queries, to: .stream, endsBranch: true)
    public static let expansion = LinearMap("mlp.c_fc", gguf: "ffn_up", from: .stream, to: .intermediate)
    public static let contraction = LinearMap(
        "mlp.c_proj", shortName: "mlp.c_proj", gguf: "ffn_down", from: .intermediate, to: .stream, endsBranch: true)
}
