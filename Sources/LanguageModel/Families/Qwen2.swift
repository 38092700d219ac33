// Qwen2 and Qwen2.5 (Yang et al. 2024, arXiv 2407.10671): the layer of Llama with biases on queries, keys and values.

extension FamilyDescription {
    static let qwen2 = FamilyDescription(
        architecture: "Qwen2ForCausalLM", maps: llama.maps, biasedMaps: [.query, .key, .value],
        centersNorms: false, rotatesPositions: true, storesMapsTransposed: false, tiesEmbeddingsByDefault: false,
        names: llama.names)
}
