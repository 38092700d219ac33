import Foundation

/// Reads the keys of a `config.json` under a family's spelling, with errors that name the key.
struct ConfigurationReader {
    /// A key as it is spelled in the file.
    struct Spelling: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let values: KeyedDecodingContainer<Spelling>
    var family = ModelFamily.llama

    func contains(_ key: ConfigurationKey) throws -> Bool {
        try values.contains(spelling(key)) && !values.decodeNil(forKey: spelling(key))
    }

    /// A value that may be absent or null. A number that the type cannot hold is blamed on its key; `JSONDecoder` would
    /// call the whole file invalid.
    func optional<Value: Decodable>(_ type: Value.Type = Value.self, _ key: ConfigurationKey) throws -> Value? {
        do {
            return try values.decodeIfPresent(type, forKey: spelling(key))
        } catch let error as DecodingError {
            throw error
        } catch {
            throw refusal(key, "is not \(ModelConfigurationError.name(of: type)) within bounds; correct it")
        }
    }

    /// A value that must be there.
    func required<Value: Decodable>(_ type: Value.Type = Value.self, _ key: ConfigurationKey) throws -> Value {
        guard let value = try optional(type, key) else {
            throw refusal(key, "is missing; the file must give it")
        }
        return value
    }

    /// Refuses a setting that would change the computation in a way that this library does not carry out.
    func refuse(_ key: ConfigurationKey, unless supported: Bool, _ problem: String) throws {
        if try contains(key), try optional(Bool.self, key) != supported { throw refusal(key, problem) }
    }

    func refusal(_ key: ConfigurationKey, _ problem: String) -> ModelConfigurationError {
        key.refusal(problem, in: family)
    }

    private func spelling(_ key: ConfigurationKey) -> Spelling { Spelling(stringValue: key.spelling(in: family)) }
}

extension ModelConfigurationError {
    /// What a JSON reader has to complain about, in this library's words.
    init(decoding error: DecodingError) {
        func path(_ keys: [any CodingKey]) -> String? {
            keys.isEmpty ? nil : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self.init(key: path(context.codingPath), problem: "has the wrong type; \(Self.name(of: type)) is expected")
        case .dataCorrupted(let context):
            let problem = "is not valid (\(context.debugDescription)); correct the file"
            self.init(key: path(context.codingPath), problem: problem)
        default:
            self.init(problem: "cannot be read (\(error)); correct the file")
        }
    }

    static func name(of type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "text"
        case is [Int].Type, is [Any].Type: "a list of whole numbers"
        default: "an object"
        }
    }
}

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
    case bosToken = "bos_token_id"
    case eosTokens = "eos_token_id"
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

/// Why a configuration was refused.
public struct ModelConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file that holds the configuration, where it comes from one.
    public let file: String?
    /// The key concerned, in the spelling of Hugging Face's `config.json`; nil where the file as a whole is at fault.
    public let key: String?
    /// What is wrong and how to fix it.
    public let problem: String

    public init(file: String? = nil, key: String? = nil, problem: String) {
        self.file = file
        self.key = key
        self.problem = problem
    }

    public var description: String {
        [file, key, problem].compactMap(\.self).joined(separator: ": ")
    }

    /// The same error with the file's name.
    func naming(file: String) -> Self {
        Self(file: file, key: key, problem: problem)
    }
}
