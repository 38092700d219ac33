/// Which linear maps of a model are adapted, and how strongly.
public struct AdapterLayout: Sendable, Equatable {
    /// One adapted map.
    public struct Entry: Sendable, Equatable {
        public let layer: Int
        public let map: LinearMap
        /// The shape [out, in] of the map's weight.
        public let shape: [Int]
        /// The module's name in Hugging Face's models, `model.layers.0.self_attn.q_proj`.
        public let module: String
    }

    public let rank: Int
    public let alpha: Double
    /// Whether the scale is α/√rank (rank-stabilized LoRA, Kalajdzievski 2023) rather than α/rank.
    public let rankStabilized: Bool
    public let entries: [Entry]

    /// - Parameters:
    ///   - maps: those to adapt, of the family's; all of them unless given.
    ///   - layers: those to adapt; all of them unless given. The model has them.
    public init(
        rank: Int, alpha: Double, rankStabilized: Bool, maps: [LinearMap]? = nil, layers: [Int]? = nil,
        configuration: ModelConfiguration
    ) {
        self.rank = rank
        self.alpha = alpha
        self.rankStabilized = rankStabilized
        let weights = configuration.family.definition.weights
        let all = 0..<configuration.layers
        precondition(layers?.allSatisfy(all.contains) ?? true, "layers outside \(all)")
        entries = all.filter { layers?.contains($0) ?? true }.flatMap { layer in
            configuration.family.maps.filter { maps?.contains($0) ?? true }.map { map in
                Entry(
                    layer: layer, map: map, shape: map.shape(in: configuration),
                    module: weights.module(layer: layer) + map.name)
            }
        }
    }

    /// The layout that adapts the maps that `targets` select, in the given layers.
    ///
    /// - Parameters:
    ///   - targets: names of maps or ends of names, as PEFT has them; `nil` for all maps.
    ///   - layers: `nil` for all layers.
    /// - Throws: `AdapterLayoutError` where the model has no such map or layer, or nothing would be adapted.
    public init(
        rank: Int, alpha: Double, rankStabilized: Bool, targets: [String]?, layers: [Int]?,
        configuration: ModelConfiguration
    ) throws(AdapterLayoutError) {
        let known = configuration.family.maps
        if let unknown = targets?.first(where: { name in !known.contains { $0.isSelected(by: name) } }) {
            throw AdapterLayoutError(
                problem: "there is no map \(unknown): a \(configuration.family) model has "
                    + known.map(\.shortName).joined(separator: ", "))
        }
        if let outside = layers?.first(where: { !(0..<configuration.layers).contains($0) }) {
            throw AdapterLayoutError(problem: "there is no layer \(outside): the model has \(configuration.layers)")
        }
        self.init(
            rank: rank, alpha: alpha, rankStabilized: rankStabilized,
            maps: targets.map { names in known.filter { map in names.contains { map.isSelected(by: $0) } } },
            layers: layers, configuration: configuration)
        guard !entries.isEmpty else {
            throw AdapterLayoutError(problem: "nothing is adapted: name at least one map and one layer")
        }
    }

    /// The factor of B·A.
    public var scale: Double { Self.scale(rank: rank, alpha: alpha, rankStabilized: rankStabilized) }

    /// The factor of B·A by these settings; see `rankStabilized`.
    public static func scale(rank: Int, alpha: Double, rankStabilized: Bool) -> Double {
        alpha / (rankStabilized ? Double(rank).squareRoot() : Double(rank))
    }

    /// The α that gives the same scale by the plain rule α/rank, for programs that know no other.
    public var plainAlpha: Double { scale * Double(rank) }

    /// The adapted maps, in the order in which they act.
    public var maps: [LinearMap] { entries.map(\.map).reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }

    /// The adapted layers, in ascending order.
    public var layers: [Int] { Array(Set(entries.map(\.layer))).sorted() }

    /// The first layer whose output depends on the adapter; 0 where nothing is adapted.
    public var lowestLayer: Int { entries.map(\.layer).min() ?? 0 }

    /// The shapes of the tensors of one adapter: A [rank, in] and B [out, rank] of each entry in turn.
    public var shapes: [[Int]] { entries.flatMap { [[rank, $0.shape[1]], [$0.shape[0], rank]] } }

    /// The tensors' names in PEFT's files.
    public var names: [String] {
        entries.flatMap {
            ["base_model.model.\($0.module).lora_A.weight", "base_model.model.\($0.module).lora_B.weight"]
        }
    }

    /// The number of trainable numbers.
    public var parameterCount: Int { shapes.reduce(0) { $0 + $1[0] * $1[1] } }
}

/// Which layers of a model are adapted, as people write it: `all`, `top 8`, `22..29` with both ends counted from 0, or
/// `0,2,5`.
public enum LayerSelection: Equatable, Sendable {
    case all
    /// The last so many.
    case top(Int)
    case range(ClosedRange<Int>)
    /// Each by itself, in ascending order.
    case list([Int])

    /// These of a model's layers, in as few words as can be.
    public init(_ layers: [Int], of count: Int) {
        let sorted = layers.sorted()
        if sorted == Array(0..<count) {
            self = .all
        } else if let first = sorted.first, let last = sorted.last, sorted == Array(first...last) {
            self = .range(first...last)
        } else {
            self = .list(sorted)
        }
    }

    /// Reads `all`, `top 8`, `22..29` or `0,2,5`; `nil` where the text is none of these.
    public init?(_ text: String) {
        if text == "all" {
            self = .all
        } else if let match = text.wholeMatch(of: /top +([0-9]+)/), let count = Int(match.1), count >= 1 {
            self = .top(count)
        } else if let match = text.wholeMatch(of: /([0-9]+)\.\.([0-9]+)/), let first = Int(match.1),
            let last = Int(match.2), first <= last
        {
            self = .range(first...last)
        } else if text.wholeMatch(of: /[0-9]+(?:,[0-9]+)*/) != nil {
            let numbers = text.split(separator: ",").map { Int($0) ?? -1 }
            guard zip([-1] + numbers, numbers).allSatisfy({ $0 < $1 }) else { return nil }
            self = .list(numbers)
        } else {
            return nil
        }
    }

    /// The layers of a model that has `count` of them.
    ///
    /// - Throws: `AdapterLayoutError` where it has not so many.
    public func resolved(layers count: Int) throws(AdapterLayoutError) -> [Int] {
        switch self {
        case .all: return Array(0..<count)
        case .top(let top) where top <= count: return Array(count - top..<count)
        case .range(let range) where range.upperBound < count: return Array(range)
        case .list(let layers) where layers.allSatisfy((0..<count).contains): return layers
        default:
            throw AdapterLayoutError(
                problem: "layers \(self), but the model has \(count): name some of 0..\(count - 1)")
        }
    }
}

extension LayerSelection: CustomStringConvertible {
    public var description: String {
        switch self {
        case .all: "all"
        case .top(let count): "top \(count)"
        case .range(let range): "\(range.lowerBound)..\(range.upperBound)"
        case .list(let layers): layers.map(String.init).joined(separator: ",")
        }
    }
}

/// An adapter that its model has no place for.
public struct AdapterLayoutError: Error, Equatable, Sendable, CustomStringConvertible {
    public let problem: String

    public var description: String { "adapter: \(problem)" }
}
