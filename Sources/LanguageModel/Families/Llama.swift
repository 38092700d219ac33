import Autodiff

/// Llama, SmolLM2, TinyLlama and their like: RMSNorm, rotary positions, grouped-query attention, SwiGLU, no biases
/// (Touvron et al. 2023, arXiv 2302.13971).
enum Llama: FamilyDefinition {
    static let name = "llama"
    static let architecture = "LlamaForCausalLM"

    static let configurationKeys: [ConfigurationKey] =
        .sizes + [.fixed("hidden_act", to: "silu")] + .rotary()
        + [
            .fixed("attention_bias", to: .boolean(false)), .fixed("mlp_bias", to: .boolean(false)),
            .fixed("rope_interleaved", to: .boolean(false), isWritten: false),
        ] + .harmless("is_llama_config", "pretraining_tp") + .common

    static let ggufKeys: [ConfigurationKey] = .ggufSizes + .ggufRotary + .ggufWithoutWindow + .harmless("vocab_size")

    static let weights = FamilyWeights(
        prefix: "model.", embedding: "embed_tokens", layers: "layers", norms: [.attention, .feedForward],
        maps: [.query, .key, .value, .output, .gate, .up, .down], finalNorm: "norm", ggufPairsRotatedRows: true,
        derived: ["self_attn.rotary_emb.inv_freq"])

    static func output<Value>(of x: Variable<Value>, in layer: TransformerLayer<Value>) -> Variable<Value> {
        let a = layer.normalized(x, .attention)
        let attended = layer.attention(
            queries: layer.project(.query, a), keys: layer.project(.key, a), values: layer.project(.value, a))
        let h = x + layer.project(.output, attended)
        return h + layer.swiGLU(layer.normalized(h, .feedForward))
    }
}

extension TransformerLayer {
    /// The feed-forward block on normalized x (Shazeer 2020, arXiv 2002.05202).
    func swiGLU(_ x: Variable<Value>) -> Variable<Value> {
        project(.down, project(.up, x).gated(by: project(.gate, x)))
    }
}

extension ModelFamily {
    public static let llama = ModelFamily(Llama.self)
}
