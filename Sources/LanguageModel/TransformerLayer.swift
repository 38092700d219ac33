import Autodiff
import Tensors

/// One layer at work on one batch: the parts that the families' equations are written with.
struct TransformerLayer<Value: Carrier> {
    let index: Int
    let configuration: ModelConfiguration
    let weights: ModelWeights<Weight<Value>>
    let reading: Reading<Value>
    let batch: TokenBatch
    /// `nil` where the family does not rotate.
    let rotation: Rotation<Value.Scalar>?

    /// A linear map with its bias, if it has one, and its adapter, if it is adapted.
    func project(_ map: LinearMap, _ x: Variable<Value>) -> Variable<Value> {
        let weight = weights[.map(map, layer: index, .weight)]
        let y =
            switch reading {
            case .segments(let adapter): x.linear(weight, adapter: adapter?[index, map])
            case .continuing(let sequences): x.linear(weight, constants: sequences.map { $0.factors(index, map) })
            }
        guard let bias = weights.vector(.map(map, layer: index, .bias)) else { return y }
        return y.addingToRows(bias)
    }

    /// A normalization of the layer: of x [tasks, segments·tokens, …] itself, or of the part of each head.
    func normalized(_ x: Variable<Value>, _ norm: LayerNorm) -> Variable<Value> {
        func normalized(_ x: Variable<Value>) -> Variable<Value> {
            x.normalized(configuration, weights) { .layerNorm(norm, layer: index, $0) }
        }
        guard norm.isPerHead else { return normalized(x) }
        let shape = x.value.primal.shape, width = configuration.headWidth
        return normalized(x.reshaped([shape[0], shape[1] * shape[2] / width, width])).reshaped(shape)
    }

    /// Causal attention within each segment: queries, keys and values [tasks, segments·tokens, …] to
    /// [tasks, segments·tokens, heads·headWidth].
    func attention(
        queries: Variable<Value>, keys: Variable<Value>, values: Variable<Value>
    ) -> Variable<Value> {
        let layout = configuration.headLayout
        let reach = configuration.attentionReach(layer: index)
        func placed(_ x: Variable<Value>) -> Variable<Value> {
            rotation.map { x.rotated(by: $0, headWidth: layout.headWidth) } ?? x
        }
        switch reading {
        case .segments:
            func perSegment(_ x: Variable<Value>) -> Variable<Value> {
                x.reshaped([batch.tasks * batch.segments, batch.tokens, x.value.primal.width])
            }
            return placed(perSegment(queries))
                .attention(keys: placed(perSegment(keys)), values: perSegment(values), layout: layout, reach: reach)
                .reshaped([batch.tasks, batch.segments * batch.tokens, layout.heads * layout.headWidth])
        case .continuing(let sequences):
            // Every token has a position of its own, so that all of them are rotated as one sequence.
            func perToken(_ x: Variable<Value>) -> Variable<Value> {
                x.reshaped([1, batch.tasks * batch.tokens, x.value.primal.width])
            }
            func perSequence(_ x: Variable<Value>) -> Tensor<Value.Scalar> {
                x.value.primal.reshaped([batch.tasks, batch.tokens, x.value.primal.width])
            }
            let k = perSequence(placed(perToken(keys))), v = perSequence(values)
            let read = sequences.indices.map { sequences[$0].cache.append(keys: k[$0], values: v[$0], layer: index) }
            let q = perSequence(placed(perToken(queries)))
            let mixed = q.attended(over: read.map(\.keys), values: read.map(\.values), layout: layout, reach: reach)
            return Variable(constant: Value(constant: mixed))
        }
    }
}

extension Variable {
    /// The family's normalization, RMSNorm or LayerNorm, with the weight and bias of the given roles.
    func normalized(
        _ configuration: ModelConfiguration, _ weights: ModelWeights<Weight<Value>>,
        role: (WeightRole.Part) -> WeightRole
    ) -> Variable {
        let epsilon = configuration.normalizationEpsilon
        guard let weight = weights.vector(role(.weight)) else { preconditionFailure("a normalization without weight") }
        guard let bias = weights.vector(role(.bias)) else { return rmsNormalized(weight: weight, epsilon: epsilon) }
        return layerNormalized(weight: weight, bias: bias, epsilon: epsilon)
    }
}
