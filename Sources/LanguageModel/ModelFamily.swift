/// The families of models that are known. The raw value is the family's name in `config.json` (`model_type`) and in GGUF
/// files (`general.architecture`).
public enum ModelFamily: String, CaseIterable, Sendable {
    case llama
    case qwen2
    case gpt2

    /// The linear maps of a layer that can be adapted, in the order in which they act.
    public var maps: [LinearMap] { description.maps }

    /// What the family's own file says of it.
    var description: FamilyDescription {
        switch self {
        case .llama: .llama
        case .qwen2: .qwen2
        case .gpt2: .gpt2
        }
    }
}

/// What tells the weights of one family from those of another. The equations stand beside it in the family's file.
struct FamilyDescription: Sendable {
    /// The name of the class in transformers, for `config.json`.
    let architecture: String
    /// The linear maps of a layer, in the order in which they act.
    let maps: [LinearMap]
    /// Those that add a bias.
    let biasedMaps: Set<LinearMap>
    /// Whether normalizations are LayerNorm, with a bias, rather than RMSNorm.
    let centersNorms: Bool
    /// Whether positions are rotations of queries and keys rather than learned vectors that are added to the embedding.
    let rotatesPositions: Bool
    /// Whether Hugging Face's files hold the weights of linear maps as [in, out].
    let storesMapsTransposed: Bool
    /// Whether the head is the embedding where `config.json` does not say.
    let tiesEmbeddingsByDefault: Bool
    let names: Names

    /// The names of modules in Hugging Face's files.
    struct Names: Sendable {
        /// What all modules but the head are in; files of the bare model leave it out.
        let model: String
        let embedding: String
        let positions: String?
        let layers: String
        let attentionNorm, feedForwardNorm, finalNorm: String
        let head: String
    }
}
