import Autodiff

// GPT-2 (Radford et al. 2019): LayerNorm, learned positions, GELU in its tanh form, biases everywhere.

extension FamilyDescription {
    static let gpt2 = FamilyDescription(
        architecture: "GPT2LMHeadModel", maps: [.queryKeyValue, .attentionOutput, .expansion, .contraction],
        biasedMaps: [.queryKeyValue, .attentionOutput, .expansion, .contraction],
        centersNorms: true, rotatesPositions: false, storesMapsTransposed: true, tiesEmbeddingsByDefault: true,
        names: Names(
            model: "transformer.", embedding: "wte", positions: "wpe", layers: "h", attentionNorm: "ln_1",
            feedForwardNorm: "ln_2", finalNorm: "ln_f", head: "lm_head"))
}

extension TransformerLayer {
    /// One layer on x [tasks, segments·tokens, width].
    func gpt2(_ x: Variable<Value>) -> Variable<Value> {
        let layout = configuration.headLayout
        let keys = layout.heads * layout.headWidth, values = keys + layout.keyValueHeads * layout.headWidth
        let qkv = project(.queryKeyValue, normalized(x, .attention))
        let attended = attention(
            queries: qkv.columns(0..<keys), keys: qkv.columns(keys..<values),
            values: qkv.columns(values..<qkv.value.primal.width))
        let h = x + project(.attentionOutput, attended)
        return h + project(.contraction, project(.expansion, normalized(h, .feedForward)).mapped(.geluTanh))
    }
}
