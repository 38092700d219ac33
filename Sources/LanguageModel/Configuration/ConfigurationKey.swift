/// The keys of Hugging Face's `config.json`, by the names that they have in this library. The raw value is the spelling of
/// most families.
enum ConfigurationKey: String, Sendable {
    case architectures
    case modelType = "model_type"
    case vocabularySize = "vocab_size"
    case width = "hidden_size"
    case intermediateWidth = "intermediate_size"
    case layers = "num_hidden_layers"
    case heads = "num_attention_heads"
    case keyValueHeads = "num_key_value_heads"
    case headWidth = "head_dim"
    case normalizationEpsilon = "rms_norm_eps"
    case ropeTheta = "rope_theta"
    case ropeParameters = "rope_parameters"
    case ropeScaling = "rope_scaling"
    case partialRotaryFactor = "partial_rotary_factor"
    case tiedEmbeddings = "tie_word_embeddings"
    case maximumPositions = "max_position_embeddings"
    case beginningToken = "bos_token_id"
    case endTokens = "eos_token_id"
    case paddingToken = "pad_token_id"
    case activation = "hidden_act"
    case attentionBias = "attention_bias"
    case feedForwardBias = "mlp_bias"
    case usesSlidingWindow = "use_sliding_window"
    case layerTypes = "layer_types"
    case scalesAttention = "scale_attn_weights"
    case scalesByLayer = "scale_attn_by_inverse_layer_idx"
    case crossAttention = "add_cross_attention"
    case quantization = "quantization_config"

    /// The spelling in a family's files.
    func spelling(in family: ModelFamily) -> String {
        guard family == .gpt2 else { return rawValue }
        return switch self {
        case .width: "n_embd"
        case .intermediateWidth: "n_inner"
        case .layers: "n_layer"
        case .heads: "n_head"
        case .maximumPositions: "n_positions"
        case .normalizationEpsilon: "layer_norm_epsilon"
        case .activation: "activation_function"
        default: rawValue
        }
    }

    func refusal(_ problem: String, in family: ModelFamily = .llama) -> ModelConfigurationError {
        ModelConfigurationError(key: spelling(in: family), problem: problem)
    }
}
