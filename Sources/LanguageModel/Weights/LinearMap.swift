/// A linear map of a layer: its names in files, and its shape.
public struct LinearMap: Hashable, Sendable {
    /// A width that follows from a model's configuration.
    enum Width: Hashable, Sendable {
        /// Of the residual stream.
        case stream
        /// Of the queries, or of the keys, of all heads.
        case queries, keys
        case queriesKeysAndValues
        /// Inside the feed-forward block.
        case intermediate
    }

    /// The module's Hugging Face name within its layer: `self_attn.q_proj`.
    public let name: String
    /// The shortest name by which PEFT selects this map and no other: `q_proj`, `attn.c_proj`.
    public let shortName: String
    /// The tensor's name within its block in GGUF files.
    let ggufName: String
    let input, output: Width
    /// Whether its result goes straight into the residual stream.
    let endsBranch: Bool

    init(
        _ name: String, shortName: String? = nil, gguf: String, from input: Width, to output: Width,
        endsBranch: Bool = false
    ) {
        self.name = name
        self.shortName = shortName ?? String(name.drop { $0 != "." }.dropFirst())
        self.ggufName = gguf
        self.input = input
        self.output = output
        self.endsBranch = endsBranch
    }

    /// The shape [out, in] of the map's weight.
    public func shape(in configuration: ModelConfiguration) -> [Int] {
        [output, input].map { configuration.width(of: $0) }
    }

    /// Whether PEFT's target `name` selects this map: its name or the end of it, `c_proj` for both of GPT-2's.
    public func isSelected(by target: String) -> Bool { name == target || name.hasSuffix(".\(target)") }

    public static func == (left: LinearMap, right: LinearMap) -> Bool { left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension LinearMap: CaseIterable {
    /// The maps of all families.
    public static var allCases: [LinearMap] {
        ModelFamily.allCases.flatMap(\.maps).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

// The maps of Llama and of all families that name them as it does.
extension LinearMap {
    public static let query = LinearMap("self_attn.q_proj", gguf: "attn_q", from: .stream, to: .queries)
    public static let key = LinearMap("self_attn.k_proj", gguf: "attn_k", from: .stream, to: .keys)
    public static let value = LinearMap("self_attn.v_proj", gguf: "attn_v", from: .stream, to: .keys)
    public static let output = LinearMap(
        "self_attn.o_proj", gguf: "attn_output", from: .queries, to: .stream, endsBranch: true)
    public static let gate = LinearMap("mlp.gate_proj", gguf: "ffn_gate", from: .stream, to: .intermediate)
    public static let up = LinearMap("mlp.up_proj", gguf: "ffn_up", from: .stream, to: .intermediate)
    public static let down = LinearMap(
        "mlp.down_proj", gguf: "ffn_down", from: .intermediate, to: .stream, endsBranch: true)
}

/// A normalization of a layer: its names in files, and what it normalizes.
public struct LayerNorm: Hashable, Sendable {
    /// The module's Hugging Face name within its layer.
    let name: String
    /// The tensor's name within its block in GGUF files.
    let ggufName: String
    /// Whether it normalizes each head by itself, rather than the residual stream.
    let isPerHead: Bool

    init(_ name: String, gguf: String, isPerHead: Bool = false) {
        self.name = name
        self.ggufName = gguf
        self.isPerHead = isPerHead
    }
}

// The normalizations of Llama: of what enters attention, and of what enters the feed-forward block.
extension LayerNorm {
    static let attention = LayerNorm("input_layernorm", gguf: "attn_norm")
    static let feedForward = LayerNorm("post_attention_layernorm", gguf: "ffn_norm")
}

extension ModelConfiguration {
    fileprivate func width(of width: LinearMap.Width) -> Int {
        let queries = heads * headWidth, keys = keyValueHeads * headWidth
        return switch width {
        case .stream: self.width
        case .queries: queries
        case .keys: keys
        case .queriesKeysAndValues: queries + 2 * keys
        case .intermediate: intermediateWidth
        }
    }
}
