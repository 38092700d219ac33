import Tensors

/// The weights of a Llama model, over tensors, variables, or whatever else stands for a weight.
public struct LlamaWeights<Value> {
    /// [vocabulary, width]
    public var embedding: Value
    public var layers: [LlamaLayerWeights<Value>]
    /// The weight of the final normalization: [width]
    public var norm: Value
    /// [vocabulary, width]; `nil` when the embedding serves as the head (tied).
    public var head: Value?

    /// The weights with their Hugging Face names, in a fixed order.
    public var named: [(name: String, value: Value)] {
        [("model.embed_tokens.weight", embedding)]
            + layers.enumerated().flatMap { index, layer in
                layer.named.map { ("model.layers.\(index).\($0.name)", $0.value) }
            }
            + [("model.norm.weight", norm)]
            + (head.map { [("lm_head.weight", $0)] } ?? [])
    }

    /// The same weights under a function of name and value, called in the order of `named`.
    public func map<New>(_ transform: (String, Value) throws -> New) rethrows -> LlamaWeights<New> {
        LlamaWeights<New>(
            embedding: try transform("model.embed_tokens.weight", embedding),
            layers: try layers.enumerated().map { index, layer in
                try layer.map { try transform("model.layers.\(index).\($0)", $1) }
            },
            norm: try transform("model.norm.weight", norm),
            head: try head.map { try transform("lm_head.weight", $0) })
    }
}

/// The weights of one layer.
public struct LlamaLayerWeights<Value> {
    /// [width]
    public var attentionNorm: Value
    /// [width]
    public var feedForwardNorm: Value
    fileprivate var maps: [Value]

    /// The weight [out, in] of a linear map.
    public subscript(map: LinearMap) -> Value { maps[map.index] }

    var named: [(name: String, value: Value)] {
        [("input_layernorm.weight", attentionNorm), ("post_attention_layernorm.weight", feedForwardNorm)]
            + LinearMap.allCases.map { ("\($0.rawValue).weight", self[$0]) }
    }

    func map<New>(_ transform: (String, Value) throws -> New) rethrows -> LlamaLayerWeights<New> {
        let values = try named.map { try transform($0.name, $0.value) }
        return LlamaLayerWeights<New>(
            attentionNorm: values[0], feedForwardNorm: values[1], maps: Array(values.dropFirst(2)))
    }
}

extension LlamaLayerWeights: Sendable where Value: Sendable {}
extension LlamaWeights: Sendable where Value: Sendable {}

extension LlamaWeights where Value == [Int] {
    /// The shapes of a configuration's weights.
    public init(shapesOf configuration: LlamaConfiguration) {
        let width = [configuration.width]
        embedding = [configuration.vocabularySize, configuration.width]
        layers = Array(
            repeating: LlamaLayerWeights(
                attentionNorm: width, feedForwardNorm: width,
                maps: LinearMap.allCases.map { $0.shape(in: configuration) }), count: configuration.layers)
        norm = width
        head = configuration.tiedEmbeddings ? nil : embedding
    }
}

extension LlamaWeights {
    /// Fresh weights: linear maps normal with standard deviation in^(-1/2), those that end a residual branch smaller by
    /// √(2·layers) (Radford et al. 2019), embeddings 0.02, normalizations 1.
    public init<Scalar>(
        initializing configuration: LlamaConfiguration, using random: inout RandomSource
    ) where Value == Tensor<Scalar> {
        let residual = 1 / Double(2 * configuration.layers).squareRoot()
        var source = random
        self = LlamaWeights<[Int]>(shapesOf: configuration).map { name, shape in
            if shape.count == 1 { return Tensor(repeating: 1, shape: shape) }
            if name.contains("embed_tokens") || name.contains("lm_head") {
                return Tensor(normal: shape, standardDeviation: 0.02, using: &source)
            }
            let endsBranch = name.contains("o_proj") || name.contains("down_proj")
            let deviation = (endsBranch ? residual : 1) / Double(shape[1]).squareRoot()
            return Tensor(normal: shape, standardDeviation: deviation, using: &source)
        }
        random = source
    }
}
