/// What a weight is for.
public enum WeightRole: Hashable, Sendable {
    /// The parts of a linear map or of a normalization.
    public enum Part: Hashable, Sendable { case weight, bias }

    /// [vocabulary, width]
    case embedding
    /// [positions, width]
    case positionEmbedding
    /// [width], or [headWidth] for a normalization of each head
    case layerNorm(LayerNorm, layer: Int, Part)
    /// [out, in] and [out]
    case map(LinearMap, layer: Int, Part)
    /// [width]
    case finalNorm(Part)
    /// [vocabulary, width]; missing where the embedding serves as the head (tied).
    case head
}

extension WeightRole {
    /// The layer that the weight belongs to; `nil` for what stands before or after all of them.
    public var layer: Int? {
        switch self {
        case .layerNorm(_, let layer, _), .map(_, let layer, _): layer
        case .embedding, .positionEmbedding, .finalNorm, .head: nil
        }
    }
}

/// The weights that a model has: what each is for, its name in Hugging Face's files, and its shape.
public struct WeightLayout: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        public let role: WeightRole
        public let name: String
        public let shape: [Int]
        /// How Hugging Face's files hold it.
        let storage: WeightStorage
    }

    /// In the order in which they act.
    public let entries: [Entry]
    private let positions: [WeightRole: Int]

    /// The weights of a model of this configuration.
    public init(_ configuration: ModelConfiguration) {
        let family = configuration.family.definition.weights, width = configuration.width
        var entries: [Entry] = []
        func add(
            _ role: WeightRole, _ module: String, _ shape: [Int], part: WeightRole.Part = .weight,
            storage: WeightStorage = .asIs
        ) {
            entries.append(Entry(role: role, name: "\(module).\(part)", shape: shape, storage: storage))
        }
        func addNorm(_ module: String, _ width: Int, role: (WeightRole.Part) -> WeightRole) {
            add(role(.weight), module, [width], storage: family.storedNorms)
            if family.centersNorms { add(role(.bias), module, [width], part: .bias) }
        }
        add(.embedding, family.prefix + family.embedding, [configuration.vocabularySize, width])
        if let positions = family.positions {
            add(.positionEmbedding, family.prefix + positions, [configuration.maximumPositions, width])
        }
        for layer in 0..<configuration.layers {
            let module = family.module(layer: layer)
            for norm in family.norms {
                addNorm(module + norm.name, norm.isPerHead ? configuration.headWidth : width) {
                    .layerNorm(norm, layer: layer, $0)
                }
            }
            for map in family.maps {
                let shape = map.shape(in: configuration)
                add(.map(map, layer: layer, .weight), module + map.name, shape, storage: family.storedMaps)
                if family.biasedMaps.contains(map) {
                    add(.map(map, layer: layer, .bias), module + map.name, [shape[0]], part: .bias)
                }
            }
        }
        addNorm(family.prefix + family.finalNorm, width) { .finalNorm($0) }
        if !configuration.tiedEmbeddings { add(.head, family.head, [configuration.vocabularySize, width]) }
        self.entries = entries
        positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.role, $0) })
    }

    func position(of role: WeightRole) -> Int? { positions[role] }
}
