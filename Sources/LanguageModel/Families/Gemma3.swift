import Autodiff
import StrictJSON

/// Gemma 3, text alone (Gemma Team 2025, arXiv 2503.19786): most layers attend to a sliding window, with a rotary base of
/// their own; normalizations before and after both blocks, and of each head's queries and keys; GeGLU in its tanh form; scaled
/// embeddings.
enum Gemma3: FamilyDefinition {
    static let name = "gemma3_text"
    static let ggufArchitecture = "gemma3"
    static let architecture = "Gemma3ForCausalLM"

    static let configurationKeys: [ConfigurationKey] =
        .sizes(keyValueHeads: 4, headWidth: 256, maximumPositions: 131_072, tiesEmbeddings: true)
        + [.fixed("hidden_activation", to: "gelu_pytorch_tanh")]
        + .rotary(theta: globalTheta).filter { $0.name != "rope_parameters" }
        + [
            .fixed("attention_bias", to: .boolean(false)),
            .absent("attn_logit_softcapping", "capping the scores of attention is not supported"),
            .absent("final_logit_softcapping", "capping the logits is not supported"),
            .fixed("use_bidirectional_attention", to: .boolean(false), isWritten: false),
            .optional("query_pre_attn_scalar", \.queryScalar, default: 256),
        ] + windows + .harmless("hidden_act") + .common

    static let ggufKeys: [ConfigurationKey] =
        .ggufSizes + .ggufRotary.map { $0.name == "rope.freq_base" ? ggufTheta : $0 }
        + [
            ConfigurationKey("attention.sliding_window", part: \ConfigurationParts.slidingWindow) { source, parts in
                guard let tokens = try source.integer("attention.sliding_window") else {
                    throw source.missing("attention.sliding_window")
                }
                parts.slidingWindow = window(
                    tokens, theta: try source.number("rope.local.freq_base") ?? localTheta,
                    pattern: try source.integer("attention.sliding_window_pattern") ?? pattern, parts)
                // As llama.cpp: the 27B model alone scales by the stream's share of a head, and by 1/√headWidth all others.
                if parts.layers == 62, let width = parts.width, let heads = parts.heads, heads > 0 {
                    parts.queryScalar = Double(width) / Double(heads)
                }
            }
        ] + .harmless("rope.local.freq_base", "attention.sliding_window_pattern")

    static let weights = FamilyWeights(
        prefix: "model.", embedding: "embed_tokens", layers: "layers",
        norms: [.attention, .afterAttention, .beforeFeedForward, .afterFeedForward, .perHeadQuery, .perHeadKey],
        maps: Llama.weights.maps, finalNorm: "norm", storedNorms: .lessOne)

    static func embeddingScale(_ configuration: ModelConfiguration) -> Double? {
        Double(configuration.width).squareRoot()
    }

    static func output<Value>(of x: Variable<Value>, in layer: TransformerLayer<Value>) -> Variable<Value> {
        let attended = layer.attentionWithHeadNorms(layer.normalized(x, .attention))
        let h = x + layer.normalized(attended, .afterAttention)
        let f = layer.normalized(h, .beforeFeedForward)
        let gated = layer.project(.gate, f).mapped(.geluTanh) * layer.project(.up, f)
        return h + layer.normalized(layer.project(.down, gated), .afterFeedForward)
    }
}

// What transformers takes where a file says nothing.
extension Gemma3 {
    private static let (globalTheta, localTheta) = (1_000_000.0, 10_000.0)
    /// Every so many layers, the last attends to everything.
    private static let pattern = 6
    private static let (sliding, full) = ("sliding_attention", "full_attention")

    private static let ggufTheta = ConfigurationKey.optional("rope.freq_base", \.ropeTheta, default: globalTheta)

    /// The keys of the window and of the two rotary embeddings. Transformers 5 has an object for each kind of layer in
    /// `rope_parameters`, earlier versions `rope_local_base_freq`; both are written.
    private static let windows: [ConfigurationKey] =
        [
            ConfigurationKey("sliding_window", part: \ConfigurationParts.slidingWindow) { source, parts in
                let interval = try source.integer("sliding_window_pattern") ?? source.integer("_sliding_window_pattern")
                parts.slidingWindow = window(
                    try source.integer("sliding_window") ?? 4096,
                    theta: try source.number("rope_local_base_freq") ?? localTheta, pattern: interval ?? pattern, parts)
            } write: {
                $0.slidingWindow?.tokens.json
            },
            ConfigurationKey("layer_types") { source, parts in
                guard let types = try (source as? ConfigurationObject)?.texts("layer_types") else { return }
                if let other = types.first(where: { $0 != sliding && $0 != full }) {
                    throw source.refusal("layer_types", "layers of type \"\(other)\" are not supported")
                }
                parts.slidingWindow = parts.slidingWindow.map {
                    SlidingWindow(tokens: $0.tokens, theta: $0.theta, layers: types.map { $0 == sliding })
                }
            } write: {
                let layers = $0.slidingWindow?.layers ?? Array(repeating: false, count: $0.layers ?? 0)
                return .array(layers.map { .string($0 ? sliding : full) })
            },
            ConfigurationKey("rope_local_base_freq", read: { _, _ in }, write: { $0.slidingWindow?.theta.json }),
            ConfigurationKey("rope_parameters") { source, parts in
                guard let object = try (source as? ConfigurationObject)?.object("rope_parameters") else { return }
                if let global = try object.object(full) {
                    parts.ropeTheta = try global.number("rope_theta") ?? parts.ropeTheta
                    parts.ropeScaling = try global.scaling(
                        named: "rope_parameters", in: source, positions: parts.maximumPositions)
                }
                if let local = try object.object(sliding) {
                    let scaling = try local.scaling(named: "rope_parameters", in: source, positions: nil)
                    guard scaling == .none else {
                        throw source.refusal("rope_parameters", "a scaling within the window is not supported")
                    }
                    let theta = try local.number("rope_theta")
                    parts.slidingWindow = parts.slidingWindow.map {
                        SlidingWindow(tokens: $0.tokens, theta: theta ?? $0.theta, layers: $0.layers)
                    }
                }
                if let other = object.names.first(where: { $0 != sliding && $0 != full }) {
                    throw object.refusal(other, "is not known; \(full) and \(sliding) are")
                }
            } write: {
                [
                    full: .object([.init("rope_theta", ($0.ropeTheta ?? globalTheta).json)] + $0.ropeScaling.members),
                    sliding: .object(
                        [.init("rope_theta", ($0.slidingWindow?.theta ?? localTheta).json)]
                            + RotaryScaling.none.members),
                ]
            },
        ] + .harmless("sliding_window_pattern", "_sliding_window_pattern")

    private static func window(
        _ tokens: Int, theta: Double, pattern: Int, _ parts: ConfigurationParts
    ) -> SlidingWindow {
        // More layers than any model has are refused later, with their key.
        let layers = 0..<min(max(parts.layers ?? 0, 0), ModelConfiguration.greatestLayerCount)
        return SlidingWindow(
            tokens: tokens, theta: theta, layers: layers.map { pattern < 1 || !($0 + 1).isMultiple(of: pattern) })
    }
}

extension ModelFamily {
    public static let gemma3 = ModelFamily(Gemma3.self)
}

extension LayerNorm {
    fileprivate static let afterAttention = LayerNorm("post_attention_layernorm", gguf: "post_attention_norm")
    fileprivate static let beforeFeedForward = LayerNorm("pre_feedforward_layernorm", gguf: "ffn_norm")
    fileprivate static let afterFeedForward = LayerNorm("post_feedforward_layernorm", gguf: "post_ffw_norm")
}
