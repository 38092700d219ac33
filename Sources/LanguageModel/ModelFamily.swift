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

/// The linear maps of a layer, of any family. The raw value is the module's Hugging Face name within its layer.
public enum LinearMap: String, CaseIterable, Sendable {
    case query = "self_attn.q_proj"
    case key = "self_attn.k_proj"
    case value = "self_attn.v_proj"
    case output = "self_attn.o_proj"
    case gate = "mlp.gate_proj"
    case up = "mlp.up_proj"
    case down = "mlp.down_proj"
    /// Queries, keys and values in one map, as GPT-2 has them.
    case queryKeyValue = "attn.c_attn"
    case attentionOutput = "attn.c_proj"
    case expansion = "mlp.c_fc"
    case contraction = "mlp.c_proj"

    /// The shortest name by which PEFT selects this map and no other: `q_proj`, `attn.c_proj`.
    public var shortName: String {
        switch self {
        case .attentionOutput, .contraction: rawValue
        default: String(rawValue.drop { $0 != "." }.dropFirst())
        }
    }

    /// Whether PEFT's target `name` selects this map: its name or the end of it, `c_proj` for both of GPT-2's.
    public func isSelected(by name: String) -> Bool { rawValue == name || rawValue.hasSuffix(".\(name)") }

    /// The tensor's name within its block in GGUF files.
    var ggufName: String {
        switch self {
        case .query: "attn_q"
        case .key: "attn_k"
        case .value: "attn_v"
        case .queryKeyValue: "attn_qkv"
        case .output, .attentionOutput: "attn_output"
        case .gate: "ffn_gate"
        case .up, .expansion: "ffn_up"
        case .down, .contraction: "ffn_down"
        }
    }

    /// Whether its result goes straight into the residual stream.
    var endsBranch: Bool { [.output, .down, .attentionOutput, .contraction].contains(self) }

    /// The shape [out, in] of the map's weight.
    public func shape(in configuration: ModelConfiguration) -> [Int] {
        let width = configuration.width
        let queries = configuration.heads * configuration.headWidth
        let keys = configuration.keyValueHeads * configuration.headWidth
        return switch self {
        case .query: [queries, width]
        case .key, .value: [keys, width]
        case .queryKeyValue: [queries + 2 * keys, width]
        case .output, .attentionOutput: [width, queries]
        case .gate, .up, .expansion: [configuration.intermediateWidth, width]
        case .down, .contraction: [width, configuration.intermediateWidth]
        }
    }
}
