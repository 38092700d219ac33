import Tensors

extension Variable {
    /// Rotary positions for queries or keys [sequences, tokens, heads·headWidth].
    public func rotated(by rotation: Rotation<Scalar>, headWidth: Int) -> Variable {
        .result(value.rotated(by: rotation, headWidth: headWidth, inverse: false), of: [self]) { [slot] dy, gradients in
            gradients.add(dy.rotated(by: rotation, headWidth: headWidth, inverse: true), to: slot)
        }
    }

    /// Causal attention, softmax(scale·q·kᵀ)·v for each head, with self as the queries.
    ///
    /// Queries [sequences, tokens, heads·headWidth]; keys and values [sequences, keys, keyValueHeads·headWidth], of
    /// which the last belong to the queries' own tokens.
    public func attention(
        keys: Variable, values: Variable, layout: HeadLayout, reach: AttentionReach? = nil
    ) -> Variable {
        let reach = reach ?? AttentionReach(headWidth: layout.headWidth)
        let scale = Scalar(reach.queryScale)
        let q = value.scaled(by: scale)
        let inputs = [keys, values]
        let p = kept(with: inputs) { known in
            Value.attentionScores(q, keys.value, layout, value: known.ofPart).causalSoftmax(
                window: reach.window, value: known)
        }
        let output = kept(with: inputs) { Value.attentionOutput(p, values.value, layout, value: $0) }
        return .result(output, of: [self] + inputs) { [slot] dy, gradients in
            let dp = gradients.kept { Value.attentionScores(dy, values.value, layout, value: $0) }
            let dScores = p.softmaxPullback(dp)
            if gradients.wants(slot) {
                let dq = gradients.kept { Value.attentionOutput(dScores, keys.value, layout, value: $0) }
                gradients.add(dq.scaled(by: scale), to: slot)
            }
            if gradients.wants(keys.slot) {
                let dk = gradients.kept { Value.transposedAttentionOutput(dScores, q, layout, value: $0) }
                gradients.add(dk, to: keys.slot)
            }
            if gradients.wants(values.slot) {
                let dv = gradients.kept { Value.transposedAttentionOutput(p, dy, layout, value: $0) }
                gradients.add(dv, to: values.slot)
            }
        }
    }
}
