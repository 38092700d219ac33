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
