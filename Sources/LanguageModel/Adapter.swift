import Autodiff
import Tensors

/// Which linear maps of a model are adapted, and how strongly.
public struct AdapterLayout: Sendable, Equatable {
    /// One adapted map.
    public struct Entry: Sendable, Equatable {
        public let layer: Int
        public let map: LinearMap
        /// The shape [out, in] of the map's weight.
        public let shape: [Int]
    }

    public let rank: Int
    public let alpha: Double
    /// Whether the scale is α/√rank (rank-stabilized LoRA, Kalajdzievski 2023) rather than α/rank.
    public let rankStabilized: Bool
    public let entries: [Entry]

    public init(
        rank: Int, alpha: Double, rankStabilized: Bool, maps: [LinearMap] = LinearMap.allCases,
        configuration: LlamaConfiguration
    ) {
        self.rank = rank
        self.alpha = alpha
        self.rankStabilized = rankStabilized
        entries = (0..<configuration.layers).flatMap { layer in
            LinearMap.allCases.filter(maps.contains).map { map in
                Entry(layer: layer, map: map, shape: map.shape(in: configuration))
            }
        }
    }

    /// The factor of B·A.
    public var scale: Double { alpha / (rankStabilized ? Double(rank).squareRoot() : Double(rank)) }

    /// The shapes of the tensors of one adapter: A [rank, in] and B [out, rank] of each entry in turn.
    public var shapes: [[Int]] { entries.flatMap { [[rank, $0.shape[1]], [$0.shape[0], rank]] } }

    /// The tensors' names in PEFT's files.
    public var names: [String] {
        entries.flatMap { entry in
            let module = "base_model.model.model.layers.\(entry.layer).\(entry.map.rawValue)"
            return ["\(module).lora_A.weight", "\(module).lora_B.weight"]
        }
    }

    /// The number of trainable numbers.
    public var parameterCount: Int { shapes.reduce(0) { $0 + $1[0] * $1[1] } }
}

/// A LoRA adapter: a value that is passed to the model, with a leading axis for the tasks of a batch.
public struct Adapter<Value> {
    public let layout: AdapterLayout
    /// A [tasks, rank, in] and B [tasks, out, rank] of each entry of the layout in turn.
    public var tensors: [Value]
    private let positions: [Int?]

    public init(layout: AdapterLayout, tensors: [Value]) {
        precondition(tensors.count == 2 * layout.entries.count, "\(tensors.count) tensors for the adapter's layout")
        self.layout = layout
        self.tensors = tensors
        let layers = (layout.entries.map(\.layer).max() ?? -1) + 1
        var positions = [Int?](repeating: nil, count: layers * LinearMap.allCases.count)
        for (position, entry) in layout.entries.enumerated() {
            positions[entry.layer * LinearMap.allCases.count + entry.map.index] = position
        }
        self.positions = positions
    }

    /// The pair that adapts a map, if it is adapted.
    public subscript(layer: Int, map: LinearMap) -> LowRankPair<Value>? {
        let index = layer * LinearMap.allCases.count + map.index
        guard index < positions.count, let position = positions[index] else { return nil }
        return LowRankPair(a: tensors[2 * position], b: tensors[2 * position + 1], scale: layout.scale)
    }

    /// The same layout over other values.
    public func map<New>(_ transform: (Value) throws -> New) rethrows -> Adapter<New> {
        Adapter<New>(layout: layout, tensors: try tensors.map(transform))
    }
}

extension Adapter: Sendable where Value: Sendable {}

extension Adapter {
    /// A fresh adapter for one task: A normal with standard deviation in^(-1/2), B normal with the one given.
    ///
    /// B must not start at zero where AdamW's slope at a zero gradient matters; see `InnerOptimizer`.
    public init<Scalar>(
        layout: AdapterLayout, standardDeviationOfB: Double, using random: inout RandomSource
    ) where Value == Tensor<Scalar> {
        var tensors: [Value] = []
        for (index, shape) in layout.shapes.enumerated() {
            let deviation = index % 2 == 0 ? 1 / Double(shape[1]).squareRoot() : standardDeviationOfB
            tensors.append(Tensor(normal: [1] + shape, standardDeviation: deviation, using: &random))
        }
        self.init(layout: layout, tensors: tensors)
    }
}
