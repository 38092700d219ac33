import Autodiff

/// Qwen3, the dense models (Yang et al. 2025, arXiv 2505.09388): the layer of Llama with a normalization of each head's
/// queries and keys ahead of their rotation. A head's width is its own, whatever the stream's.
enum Qwen3: FamilyDefinition {
    static let name = "qwen3"
    static let architecture = "Qwen3ForCausalLM"
    static let ggufPreTokenizer: String? = "qwen2"

    static let configurationKeys: [ConfigurationKey] =
        .sizes(keyValueHeads: 32, headWidth: 128, maximumPositions: 32_768) + [.fixed("hidden_act", to: "silu")]
        + .rotary() + .withoutWindow + [.fixed("attention_bias", to: .boolean(false))] + .common

    static let ggufKeys: [ConfigurationKey] = .ggufSizes + .ggufRotary + .ggufWithoutWindow

    static let weights = FamilyWeights(
        prefix: "model.", embedding: "embed_tokens", layers: "layers",
        norms: [.attention, .feedForward, .perHeadQuery, .perHeadKey], maps: Llama.weights.maps, finalNorm: "norm")

    static func output<Value>(of x: Variable<Value>, in layer: TransformerLayer<Value>) -> Variable<Value> {
        let h = x + layer.attentionWithHeadNorms(layer.normalized(x, .attention))
        return h + layer.swiGLU(layer.normalized(h, .feedForward))
    }
}

extension TransformerLayer {
    /// The attention block on normalized x, with each head's queries and keys normalized ahead of their rotation.
    func attentionWithHeadNorms(_ x: Variable<Value>) -> Variable<Value> {
        let attended = attention(
            queries: normalized(project(.query, x), .perHeadQuery),
            keys: normalized(project(.key, x), .perHeadKey), values: project(.value, x))
        return project(.output, attended)
    }
}

extension ModelFamily {
    public static let qwen3 = ModelFamily(Qwen3.self)
}

extension LayerNorm {
    static let perHeadQuery = LayerNorm("self_attn.q_norm", gguf: "attn_q_norm", isPerHead: true)
    static let perHeadKey = LayerNorm("self_attn.k_norm", gguf: "attn_k_norm", isPerHead: true)
}
