import Tensors

extension Variable {
    /// Rotary positions for queries or keys [sequences, tokens, heads·headWidth].
    public func rotated(by rotation: Rotation<Scalar>, headWidth: Int) -> Variable {
        .result(value.rotated(by: rotation, headWidth: headWidth, inverse: false), of: [self]) { [slot] dy, gradients in
            gradients.add(dy.rotated(by: rotation, headWidth: headWidth, inverse: true), to: slot)
        }
    }

    /// Causal attention, softmax(q·kᵀ/√headWidth)·v for each head, with self as the queries.
    ///
    /// Queries [sequences, tokens, heads·headWidth]; keys and values [sequences, keys, keyValueHeads·headWidth], of
    /// which the last belong to the queries' own tokens.
    public func attention(keys: Variable, values: Variable, layout: HeadLayout) -> Variable {
        let scale = Scalar(1 / Double(layout.headWidth).squareRoot())
        let q = value.scaled(by: scale)
        let p = Value.headScores(q, keys.value, layout).causalSoftmax()
        return .result(Value.headMixture(p, values.value, layout), of: [self, keys, values]) { [slot] dy, gradients in
            let dScores = p.softmaxPullback(Value.headScores(dy, values.value, layout))
            gradients.add(Value.headMixture(dScores, keys.value, layout).scaled(by: scale), to: slot)
            gradients.add(Value.headTransposedMixture(dScores, q, layout), to: keys.slot)
            gradients.add(Value.headTransposedMixture(p, dy, layout), to: values.slot)
        }
    }
}
