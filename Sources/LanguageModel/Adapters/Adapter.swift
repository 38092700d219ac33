import Autodiff
import SeededRandom
import Tensors

/// A LoRA adapter: a value that is passed to the model, with a leading axis for the tasks of a batch.
public struct Adapter<Value> {
    private struct Site: Hashable, Sendable {
        let layer: Int
        let map: LinearMap
    }

    public let layout: AdapterLayout
    /// A [tasks, rank, in] and B [tasks, out, rank] of each entry of the layout in turn.
    public var tensors: [Value]
    private let positions: [Site: Int]

    public init(layout: AdapterLayout, tensors: [Value]) {
        precondition(tensors.count == 2 * layout.entries.count, "\(tensors.count) tensors for the adapter's layout")
        self.layout = layout
        self.tensors = tensors
        positions = Dictionary(
            uniqueKeysWithValues: layout.entries.enumerated().map { (Site(layer: $1.layer, map: $1.map), $0) })
    }

    /// The pair that adapts a map, if it is adapted.
    public subscript(layer: Int, map: LinearMap) -> LowRankPair<Value>? {
        guard let position = positions[Site(layer: layer, map: map)] else { return nil }
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
