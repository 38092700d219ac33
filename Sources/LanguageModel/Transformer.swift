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
    /// Each segment is a sequence of its own, with positions from 0.
    ///
    /// - Parameter input: what `layerInput` gave for this batch, to begin there instead of at the embedding.
    public func hiddenStates(
        _ batch: TokenBatch, from input: LayerInput<Value>? = nil, adapter: Adapter<Variable<Value>>?
    ) -> Variable<Value> {
        let reading = Reading.segments(adapter)
        let start = input ?? LayerInput(layer: 0, value: embedded(batch, reading))
        return applying(start.layer..<configuration.layers, to: start.value, batch, reading)
            .normalized(configuration, weights) { .finalNorm($0) }
    }

    /// The hidden states after the final normalization of the next tokens of some sequences, each read with its own
    /// adapter and after its own tokens: [sequences, tokens, width]. No gradient flows through them.
    ///
    /// - Parameter tokens: as many of each sequence. Their keys and values are kept.
    public func hiddenStates(
        continuing sequences: [ContinuedSequence<Value.Scalar>], with tokens: [[Int]]
    ) -> Variable<Value> {
        precondition(tokens.count == sequences.count && Set(tokens.map(\.count)).count == 1, "as many tokens of each")
        let batch = TokenBatch(tokens.map { [TokenSequence(tokens: $0)] })
        let reading = Reading<Value>.continuing(sequences)
        let x = applying(0..<configuration.layers, to: embedded(batch, reading), batch, reading)
        for sequence in sequences { sequence.cache.advance(by: batch.tokens) }
        return x.normalized(configuration, weights) { .finalNorm($0) }
    }

    /// What enters `layer`, with no adapter below it. It does not change while a document is learned.
    public func layerInput(_ layer: Int, _ batch: TokenBatch) -> LayerInput<Value> {
        let reading = Reading<Value>.segments(nil)
        return LayerInput(layer: layer, value: applying(0..<layer, to: embedded(batch, reading), batch, reading))
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

    /// The embeddings of the tokens, with learned positions, if the family has them.
    private func embedded(_ batch: TokenBatch, _ reading: Reading<Value>) -> Variable<Value> {
        let leading = [batch.tasks, batch.segments * batch.tokens]
        var x = weights[.embedding].gatheringRows(batch.ids, leading: leading)
        if let scale = configuration.family.definition.embeddingScale(configuration) {
            x = x.scaled(by: Value.Scalar(scale))
        }
        guard let positions = weights.find(.positionEmbedding) else { return x }
        let own = reading.positions(batch.tokens)
        let indices = batch.ids.indices.map { Int32(own[$0 % own.count]) }
        return x + positions.gatheringRows(indices, leading: leading)
    }

    private func applying(
        _ layers: Range<Int>, to x: Variable<Value>, _ batch: TokenBatch, _ reading: Reading<Value>
    ) -> Variable<Value> {
        var rotations: [RotaryEmbedding: Rotation<Value.Scalar>] = [:]
        return layers.reduce(x) { x, index in
            let rotary = configuration.rotaryEmbedding(layer: index)
            if let rotary, rotations[rotary] == nil {
                rotations[rotary] = Rotation(
                    positions: reading.positions(batch.tokens),
                    frequencies: rotary.frequencies(headWidth: configuration.headWidth), magnitude: rotary.magnitude)
            }
            let layer = TransformerLayer(
                index: index, configuration: configuration, weights: weights, reading: reading, batch: batch,
                rotation: rotary.flatMap { rotations[$0] })
            return configuration.family.definition.output(of: x, in: layer)
        }
    }
}

/// How a batch is read.
enum Reading<Value: Carrier> {
    /// Every segment by itself, from its first token on, with the adapter of its task.
    case segments(Adapter<Variable<Value>>?)
    /// One sequence a task, each after what was read of it before.
    case continuing([ContinuedSequence<Value.Scalar>])

    /// The positions of the tokens: those of a segment, the same for each, or those of all sequences in turn.
    func positions(_ tokens: Int) -> [Int] {
        switch self {
        case .segments: Array(0..<tokens)
        case .continuing(let sequences): sequences.flatMap { $0.cache.length..<$0.cache.length + tokens }
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
