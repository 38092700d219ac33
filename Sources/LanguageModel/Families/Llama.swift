import Autodiff

// Llama, SmolLM2, TinyLlama and their like: RMSNorm, rotary positions, grouped-query attention, SwiGLU, no biases
// (Touvron et al. 2023, arXiv 2302.13971).

extension FamilyDescription {
    static let llama = FamilyDescription(
        architecture: "LlamaForCausalLM", maps: [.query, .key, .value, .output, .gate, .up, .down], biasedMaps: [],
        centersNorms: false, rotatesPositions: true, storesMapsTransposed: false, tiesEmbeddingsByDefault: false,
        names: Names(
            model: "model.", embedding: "embed_tokens", positions: nil, layers: "layers",
            attentionNorm: "input_layernorm", feedForwardNorm: "post_attention_layernorm", finalNorm: "norm",
            head: "lm_head"))
}

extension TransformerLayer {
    /// One layer on x [tasks, segments·tokens, width].
    func llama(_ x: Variable<Value>) -> Variable<Value> {
        let a = normalized(x, .attention)
        let attended = attention(
            queries: project(.query, a), keys: project(.key, a), values: project(.value, a))
        let h = x + project(.output, attended)
        let f = normalized(h, .feedForward)
        return h + project(.down, project(.up, f).gated(by: project(.gate, f)))
    }
}

// Qwen2 and Qwen2.5 (Yang et al. 2024, arXiv 2407.10671): the layer of Llama with biases on queries, keys and values.

extension FamilyDescription {
    static let qwen2 = FamilyDescription(
        architecture: "Qwen2ForCausalLM", maps: llama.maps, biasedMaps: [.query, .key, .value],
        centersNorms: false, rotatesPositions: true, storesMapsTransposed: false, tiesEmbeddingsByDefault: false,
        names: llama.names)
}
