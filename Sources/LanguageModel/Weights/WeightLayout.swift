/// What a weight is for.
public enum WeightRole: Hashable, Sendable {
    /// The parts of a linear map or of a normalization.
    public enum Part: Hashable, Sendable { case weight, bias }
    /// The normalizations of a layer.
    public enum LayerNorm: Hashable, Sendable { case attention, feedForward }

    /// [vocabulary, width]
    case embedding
    /// [positions, width]
    case positionEmbedding
    /// [width]
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
        /// Whether Hugging Face's files hold the matrix as [in, out].
        public let isStoredTransposed: Bool
    }

    /// In the order in which they act.
    public let entries: [Entry]
    private let positions: [WeightRole: Int]

    /// The weights of a model of this configuration.
    public init(_ configuration: ModelConfiguration) {
        let family = configuration.family.description
        let names = family.names, width = configuration.width
        var entries: [Entry] = []
        func add(_ role: WeightRole, _ module: String, _ shape: [Int], part: WeightRole.Part = .weight) {
            let isMatrix = if case .map(_, _, .weight) = role { true } else { false }
            entries.append(
                Entry(
                    role: role, name: "\(module).\(part)", shape: shape,
                    isStoredTransposed: isMatrix && family.storesMapsTransposed))
        }
        func addNorm(_ module: String, role: (WeightRole.Part) -> WeightRole) {
            add(role(.weight), module, [width])
            if family.centersNorms { add(role(.bias), module, [width], part: .bias) }
        }
        add(.embedding, names.model + names.embedding, [configuration.vocabularySize, width])
        if let positions = names.positions {
            add(.positionEmbedding, names.model + positions, [configuration.maximumPositions, width])
        }
        for layer in 0..<configuration.layers {
            let module = names.model + "\(names.layers).\(layer)."
            addNorm(module + names.attentionNorm) { .layerNorm(.attention, layer: layer, $0) }
            addNorm(module + names.feedForwardNorm) { .layerNorm(.feedForward, layer: layer, $0) }
            for map in family.maps {
                let shape = map.shape(in: configuration)
                add(.map(map, layer: layer, .weight), module + map.rawValue, shape)
                if family.biasedMaps.contains(map) {
                    add(.map(map, layer: layer, .bias), module + map.rawValue, [shape[0]], part: .bias)
                }
            }
        }
        addNorm(names.model + names.finalNorm) { .finalNorm($0) }
        if !configuration.tiedEmbeddings { add(.head, names.head, [configuration.vocabularySize, width]) }
        self.entries = entries
        positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.role, $0) })
    }

    func position(of role: WeightRole) -> Int? { positions[role] }
}
