import Autodiff

/// Qwen2 and Qwen2.5 (Yang et al. 2024, arXiv 2407.10671): the layer of Llama with biases on queries, keys and values.
enum Qwen2: FamilyDefinition {
    static let name = "qwen2"
    static let architecture = "Qwen2ForCausalLM"
    static let ggufPreTokenizer: String? = "qwen2"

    static let configurationKeys: [ConfigurationKey] =
        .sizes + [.fixed("hidden_act", to: "silu")] + .rotary() + .withoutWindow
        + [.fixed("use_mrope", to: .boolean(false), isWritten: false)] + .common

    static let ggufKeys: [ConfigurationKey] = .ggufSizes + .ggufRotary + .ggufWithoutWindow

    static let weights = FamilyWeights(
        prefix: "model.", embedding: "embed_tokens", layers: "layers", norms: [.attention, .feedForward],
        maps: Llama.weights.maps, biasedMaps: [.query, .key, .value], finalNorm: "norm",
        derived: ["self_attn.rotary_emb.inv_freq"])

    static func output<Value>(of x: Variable<Value>, in layer: TransformerLayer<Value>) -> Variable<Value> {
        Llama.output(of: x, in: layer)
    }
}

extension ModelFamily {
    public static let qwen2 = ModelFamily(Qwen2.self)
}
