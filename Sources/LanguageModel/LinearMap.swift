/// The linear maps of a Llama layer, in the order in which they act. The raw value is the module's Hugging Face name.
public enum LinearMap: String, CaseIterable, Sendable, Codable {
    case query = "self_attn.q_proj"
    case key = "self_attn.k_proj"
    case value = "self_attn.v_proj"
    case output = "self_attn.o_proj"
    case gate = "mlp.gate_proj"
    case up = "mlp.up_proj"
    case down = "mlp.down_proj"

    /// The last part of the module's name, by which PEFT selects maps: `q_proj`.
    public var shortName: String { String(rawValue.drop { $0 != "." }.dropFirst()) }

    /// The position in `allCases`.
    var index: Int {
        switch self {
        case .query: 0
        case .key: 1
        case .value: 2
        case .output: 3
        case .gate: 4
        case .up: 5
        case .down: 6
        }
    }

    /// The shape [out, in] of the map's weight.
    public func shape(in configuration: LlamaConfiguration) -> [Int] {
        let width = configuration.width
        let queries = configuration.heads * configuration.headWidth
        let keys = configuration.keyValueHeads * configuration.headWidth
        return switch self {
        case .query: [queries, width]
        case .key, .value: [keys, width]
        case .output: [width, queries]
        case .gate, .up: [configuration.intermediateWidth, width]
        case .down: [width, configuration.intermediateWidth]
        }
    }
}
