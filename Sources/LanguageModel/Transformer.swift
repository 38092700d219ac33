import Autodiff
import Tensors

/// A decoder-only language model of one of the known families.
///
/// Generic over what carries the numbers, so that one text of the model serves inference (constants), gradients
/// (`Tape<Tensor>`) and second-order products (`Tape<Dual>`). The adapter is an argument, never a state.
public struct Transformer<Value: Carrier> {
    public let configuration: ModelConfiguration
    public let weights: ModelWeights<Weight<Value>>

    public init(configuration: ModelConfiguration, weights: ModelWeights<Weight<Value>>) {
        self.configuration = configuration
        self.weights = weights
    }

    /// A model whose weights are constants.
    public init(
        configuration: ModelConfiguration, frozen weights: ModelWeights<StoredWeight<Value.Scalar>>,
        arithmetic: Arithmetic = .float32
    ) {
        self.init(configuration: configuration, weights: weights.map { $1.constant(arithmetic) })
    }

    /// The hidden states after the final normalization: [tasks, segments·tokens, width].
    ///
    /// Each segment is a sequence of its own, with positions from 0, or from the cache's length if one is given (then
    /// for a single segment).
    ///
    /// - Parameter input: what `layerInput` gave for this batch, to begin there instead of at the embedding.
    public func hiddenStates(
        _ batch: TokenBatch, from input: LayerInput<Value>? = nil, adapter: Adapter<Variable<Value>>?,
        cache: KeyValueCache<Value>? = nil
    ) -> Variable<Value> {
        let start = input ?? LayerInput(layer: 0, value: embedded(batch, from: cache?.length ?? 0))
        let x = applying(start.layer..<configuration.layers, to: start.value, batch, adapter: adapter, cache: cache)
        cache?.advance(by: batch.tokens)
        return x.normalized(configuration, weights) { .finalNorm($0) }
    }

    /// What enters `layer`, with no adapter below it. It does not change while a document is learned.
    public func layerInput(_ layer: Int, _ batch: TokenBatch) -> LayerInput<Value> {
        LayerInput(
            layer: layer, value: applying(0..<layer, to: embedded(batch, from: 0), batch, adapter: nil, cache: nil))
    }

    /// The logits [rows, vocabulary] of hidden states [rows, width].
    public func logits(_ hidden: Variable<Value>) -> Variable<Value> { hidden.linear(head) }

    /// The cross-entropy of hidden states [rows, width] against the tokens that follow: [rows].
    public func crossEntropies(_ hidden: Variable<Value>, targets: [Int32]) -> Variable<Value> {
        hidden.crossEntropy(head: head, targets: targets)
    }

    /// Whether a gradient flows to the head, so that its logits are held.
    public var trainsHead: Bool { head.variable != nil }

    private var head: Weight<Value> { weights.find(.head) ?? weights[.embedding] }

    /// The embeddings of the tokens, with learned positions, if the family has them, from `first` on.
    private func embedded(_ batch: TokenBatch, from first: Int) -> Variable<Value> {
        let leading = [batch.tasks, batch.segments * batch.tokens]
        let x = weights[.embedding].gatheringRows(batch.ids, leading: leading)
        guard let positions = weights.find(.positionEmbedding) else { return x }
        let indices = (0..<batch.ids.count).map { Int32(first + $0 % batch.tokens) }
        return x + positions.gatheringRows(indices, leading: leading)
    }

    private func applying(
        _ layers: Range<Int>, to x: Variable<Value>, _ batch: TokenBatch, adapter: Adapter<Variable<Value>>?,
        cache: KeyValueCache<Value>?
    ) -> Variable<Value> {
        let first = cache?.length ?? 0
        let rotation =
            configuration.family.description.rotatesPositions
            ? Rotation<Value.Scalar>(
                positions: first..<first + batch.tokens, headWidth: configuration.headWidth,
                theta: configuration.ropeTheta) : nil
        return layers.reduce(x) { x, index in
            TransformerLayer(
                index: index, configuration: configuration, weights: weights, adapter: adapter, batch: batch,
                rotation: rotation, cache: cache)(x)
        }
    }
}

/// The activations that enter a layer: [tasks, segments·tokens, width].
public struct LayerInput<Value: Carrier> {
    public let layer: Int
    public let value: Variable<Value>

    public init(layer: Int, value: Variable<Value>) {
        self.layer = layer
        self.value = value
    }
}

extension ModelConfiguration {
    var headLayout: HeadLayout { HeadLayout(heads: heads, keyValueHeads: keyValueHeads, headWidth: headWidth) }
}
