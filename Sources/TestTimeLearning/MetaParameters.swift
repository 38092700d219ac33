/// The groups of parameters that meta-training can change, in the order that files, the optimizer and sums over processes
/// keep.
public enum ParameterGroup: CaseIterable, Sendable {
    /// What is trained of θ, in the order of the base model's weights.
    case base
    /// φ₀, in the order of the adapter's tensors.
    case adapter
    /// ω, in the order of `TokenWeighter.names`; empty without a weighter.
    case weighter
    /// log α, one tensor; empty where the base model alone is trained.
    case logRates
}

/// The tree of parameters that are trained, with a value for each: its tensor, its gradient, a moment, a name, a setting of
/// the optimizer.
public struct MetaParameters<Value> {
    /// The values of all groups, one group after the other.
    public var values: [Value] {
        didSet { precondition(values.count == ends[ends.count - 1], "\(values.count) values for the tree's \(ends)") }
    }
    /// Where each group ends within `values`.
    private let ends: [Int]

    public init(base: [Value] = [], adapter: [Value] = [], weighter: [Value] = [], logRates: Value? = nil) {
        let groups = ParameterGroup.allCases.map { group in
            switch group {
            case .base: base
            case .adapter: adapter
            case .weighter: weighter
            case .logRates: logRates.map { [$0] } ?? []
            }
        }
        self.init(
            values: groups.flatMap(\.self), ends: groups.indices.map { groups[...$0].reduce(0) { $0 + $1.count } })
    }

    private init(values: [Value], ends: [Int]) {
        precondition(values.count == ends[ends.count - 1], "\(values.count) values for the tree's \(ends)")
        (self.values, self.ends) = (values, ends)
    }

    /// The values of a group.
    public subscript(group: ParameterGroup) -> [Value] { Array(values[range(of: group)]) }

    public var base: [Value] { self[.base] }
    public var adapter: [Value] { self[.adapter] }
    public var weighter: [Value] { self[.weighter] }
    public var logRates: Value? { self[.logRates].first }

    /// The places of a group within `values`.
    public func range(of group: ParameterGroup) -> Range<Int> {
        let place = ParameterGroup.allCases.firstIndex(of: group) ?? 0
        return (place == 0 ? 0 : ends[place - 1])..<ends[place]
    }

    /// Whether another tree has as many values in each group.
    public func hasForm<Other>(of other: MetaParameters<Other>) -> Bool { ends == other.ends }
}

extension MetaParameters {
    /// A tree of the same form over other values, which stand one group after the other.
    public func replacingValues<New>(by values: [New]) -> MetaParameters<New> { .init(values: values, ends: ends) }

    /// A tree of the same form over what is made of each value.
    public func map<New>(_ transform: (Value) throws -> New) rethrows -> MetaParameters<New> {
        replacingValues(by: try values.map(transform))
    }

    /// A tree of the same form with one value for each group.
    public func perGroup<New>(_ value: (ParameterGroup) throws -> New) rethrows -> MetaParameters<New> {
        replacingValues(
            by: try ParameterGroup.allCases.flatMap { group in
                Array(repeating: try value(group), count: range(of: group).count)
            })
    }

    /// A tree of pairs: each value with that in its place in another tree of the same form.
    public func zip<Other>(_ other: MetaParameters<Other>) -> MetaParameters<(Value, Other)> {
        precondition(hasForm(of: other), "trees of different forms")
        return replacingValues(by: Array(Swift.zip(values, other.values)))
    }
}

extension MetaParameters: Sendable where Value: Sendable {}
extension MetaParameters: Equatable where Value: Equatable {}
