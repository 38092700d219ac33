import Autodiff
import Tensors

/// A Llama-family language model: RMSNorm, rotary positions, grouped-query attention, SwiGLU, no biases
/// (Touvron et al. 2023).
///
/// Generic over what carries the numbers, so that one text of the model serves inference (constants), gradients
/// (`Tape<Tensor>`) and second-order products (`Tape<Dual>`). The adapter is an argument, never a state.
public struct Llama<Value: Carrier> {
    public let configuration: LlamaConfiguration
    public let weights: LlamaWeights<Variable<Value>>

    public init(configuration: LlamaConfiguration, weights: LlamaWeights<Variable<Value>>) {
        self.configuration = configuration
        self.weights = weights
    }

    /// A model whose weights are constants.
    public init(configuration: LlamaConfiguration, frozen weights: LlamaWeights<Tensor<Value.Scalar>>) {
        self.init(
            configuration: configuration,
            weights: weights.map { _, weight in Variable(constant: Value(constant: weight)) })
    }

    /// The hidden states after the final normalization: [tasks, segments·tokens, width].
    ///
    /// Each segment is a sequence of its own, with positions from 0, or from the cache's length if one is given (then
    /// for a single segment).
    public func hiddenStates(
        _ batch: TokenBatch, adapter: Adapter<Variable<Value>>?, cache: KeyValueCache<Value>? = nil
    ) -> Variable<Value> {
        let start = cache?.length ?? 0
        let rotation = Rotation<Value.Scalar>(
            positions: start..<start + batch.tokens, headWidth: configuration.headWidth, theta: configuration.ropeTheta)
        var x = weights.embedding.gatheringRows(batch.ids, leading: [batch.tasks, batch.segments * batch.tokens])
        for (index, layer) in weights.layers.enumerated() {
            let project = { (map: LinearMap, input: Variable<Value>) in
                input.linear(layer[map], adapter: adapter?[index, map])
            }
            x =
                x
                + attention(
                    x.rmsNormalized(weight: layer.attentionNorm, epsilon: configuration.normalizationEpsilon),
                    batch: batch, rotation: rotation, layer: index, cache: cache, project: project)
            x =
                x
                + feedForward(
                    x.rmsNormalized(weight: layer.feedForwardNorm, epsilon: configuration.normalizationEpsilon),
                    project: project)
        }
        cache?.advance(by: batch.tokens)
        return x.rmsNormalized(weight: weights.norm, epsilon: configuration.normalizationEpsilon)
    }

    /// The logits [rows, vocabulary] of hidden states [rows, width].
    public func logits(_ hidden: Variable<Value>) -> Variable<Value> {
        hidden.linear(weights.head ?? weights.embedding)
    }

    private func attention(
        _ x: Variable<Value>, batch: TokenBatch, rotation: Rotation<Value.Scalar>, layer: Int,
        cache: KeyValueCache<Value>?, project: (LinearMap, Variable<Value>) -> Variable<Value>
    ) -> Variable<Value> {
        let layout = configuration.headLayout
        let sequences = batch.tasks * batch.segments
        let queryWidth = layout.heads * layout.headWidth, keyWidth = layout.keyValueHeads * layout.headWidth
        func perSequence(_ map: LinearMap, _ width: Int) -> Variable<Value> {
            project(map, x).reshaped([sequences, batch.tokens, width])
        }
        let queries = perSequence(.query, queryWidth).rotated(by: rotation, headWidth: layout.headWidth)
        var keys = perSequence(.key, keyWidth).rotated(by: rotation, headWidth: layout.headWidth)
        var values = perSequence(.value, keyWidth)
        if let cache { (keys, values) = cache.append(keys: keys, values: values, layer: layer) }
        let mixed = queries.attention(keys: keys, values: values, layout: layout)
        return project(.output, mixed.reshaped([batch.tasks, batch.segments * batch.tokens, queryWidth]))
    }

    private func feedForward(
        _ x: Variable<Value>, project: (LinearMap, Variable<Value>) -> Variable<Value>
    ) -> Variable<Value> {
        project(.down, project(.up, x).gated(by: project(.gate, x)))
    }
}

extension LlamaConfiguration {
    var headLayout: HeadLayout { HeadLayout(heads: heads, keyValueHeads: keyValueHeads, headWidth: headWidth) }
}
