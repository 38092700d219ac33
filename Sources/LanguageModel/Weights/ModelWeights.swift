import Autodiff
import SeededRandom
import Tensors

/// The weights of a model, over tensors, variables, or whatever else stands for a weight.
public struct ModelWeights<Value> {
    public let layout: WeightLayout
    /// In the layout's order.
    public private(set) var values: [Value]

    public init(layout: WeightLayout, values: [Value]) {
        precondition(values.count == layout.entries.count, "\(values.count) weights for \(layout.entries.count)")
        self.layout = layout
        self.values = values
    }

    /// The weight of a role; `nil` where the model has none.
    func find(_ role: WeightRole) -> Value? { layout.position(of: role).map { values[$0] } }

    /// The weight of a role that every model of the family has.
    public subscript(role: WeightRole) -> Value {
        guard let value = find(role) else { preconditionFailure("the family has no \(role)") }
        return value
    }

    /// The weights with their Hugging Face names.
    public var named: [(name: String, value: Value)] { zip(layout.entries, values).map { ($0.name, $1) } }

    /// The same weights under a function of name and value, called in the layout's order.
    public func map<New>(_ transform: (String, Value) throws -> New) rethrows -> ModelWeights<New> {
        ModelWeights<New>(layout: layout, values: try zip(layout.entries, values).map { try transform($0.name, $1) })
    }
}

extension ModelWeights: Sendable where Value: Sendable {}

extension ModelWeights {
    /// The vector of a role; `nil` where the model has none.
    func vector<Carried>(_ role: WeightRole) -> Variable<Carried>? where Value == Weight<Carried> {
        guard let weight = find(role) else { return nil }
        guard let vector = weight.variable else { preconditionFailure("a vector is never quantized") }
        return vector
    }
}

extension ModelWeights {
    /// Fresh weights: linear maps normal with standard deviation in^(-1/2), those that end a residual branch smaller by
    /// √(2·layers) (Radford et al. 2019), embeddings 0.02, normalizations 1, biases 0.
    public init<Scalar>(
        initializing configuration: ModelConfiguration, using random: inout RandomSource
    ) where Value == StoredWeight<Scalar> {
        let residual = 1 / Double(2 * configuration.layers).squareRoot()
        let layout = WeightLayout(configuration)
        var values: [Value] = []
        for entry in layout.entries {
            let tensor: Tensor<Scalar>
            switch entry.role {
            case .embedding, .positionEmbedding, .head:
                tensor = Tensor(normal: entry.shape, standardDeviation: 0.02, using: &random)
            case .map(let map, _, .weight):
                let deviation = (map.endsBranch ? residual : 1) / Double(entry.shape[1]).squareRoot()
                tensor = Tensor(normal: entry.shape, standardDeviation: deviation, using: &random)
            case .layerNorm(_, _, .weight), .finalNorm(.weight):
                tensor = Tensor(repeating: 1, shape: entry.shape)
            case .layerNorm(_, _, .bias), .finalNorm(.bias), .map(_, _, .bias):
                tensor = Tensor(zeros: entry.shape)
            }
            values.append(.dense(tensor))
        }
        self.init(layout: layout, values: values)
    }
}
