import LanguageModel

/// Which weights of the base model θ the outer loop trains.
public enum TrainedBase: Equatable, Sendable {
    case none
    case all
    /// The weights of these layers alone: the embeddings, the last normalization and the head stay as they are.
    case layers([Int])

    /// The trained weights, as indices in the layout's order.
    func indices(in layout: WeightLayout) -> [Int] {
        layout.entries.indices.filter { includes(layout.entries[$0].role) }
    }

    private func includes(_ role: WeightRole) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .layers(let layers): role.layer.map(layers.contains) ?? false
        }
    }

    /// Whether all that comes before a layer stays as it is.
    func leavesAllBelow(_ layer: Int) -> Bool {
        switch self {
        case .none: true
        case .all: false
        case .layers(let layers): layers.allSatisfy { $0 >= layer }
        }
    }
}
