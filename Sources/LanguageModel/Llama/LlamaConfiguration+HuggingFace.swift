/// Reading and writing the keys of Hugging Face's `config.json`.
extension LlamaConfiguration: Codable {
    /// The keys, by the names that they have in this library.
    enum HuggingFaceKey: String, CodingKey {
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
        case quantization = "quantization_config"

        func refusal(_ problem: String) -> LlamaConfigurationError {
            LlamaConfigurationError(key: rawValue, problem: problem)
        }
    }

    /// The rotary embedding's settings: `rope_parameters` of transformers 5, and `rope_scaling` of earlier versions.
    private struct RotaryParameters: Codable {
        var theta: Double?
        var type: String?
        var earlierType: String?
        var partialRotaryFactor: Double?

        enum CodingKeys: String, CodingKey {
            case theta = "rope_theta"
            case type = "rope_type"
            case earlierType = "type"
            case partialRotaryFactor = "partial_rotary_factor"
        }
    }

    private typealias Container = KeyedDecodingContainer<HuggingFaceKey>

    /// Reads the keys of `config.json`; keys that do not bear on the computation are ignored.
    /// - Throws: `LlamaConfigurationError` or `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: HuggingFaceKey.self)
        let modelType = try values.required(String.self, .modelType)
        guard modelType == "llama" else {
            throw HuggingFaceKey.modelType.refusal("\"\(modelType)\" is not supported here; \"llama\" is")
        }
        try Self.refuseUnsupported(values)
        let rotary = try values.decodeIfPresent(RotaryParameters.self, forKey: .ropeParameters)
        let theta = try rotary?.theta ?? values.optional(Double.self, .ropeTheta)
        let padding = try values.optional(Int.self, .paddingToken)
        // Defaults are those of transformers' LlamaConfig. The first Llama models said "none" as -1.
        try self.init(
            vocabularySize: values.required(Int.self, .vocabularySize),
            width: values.required(Int.self, .width),
            intermediateWidth: values.required(Int.self, .intermediateWidth),
            layers: values.required(Int.self, .layers),
            heads: values.required(Int.self, .heads),
            keyValueHeads: values.optional(Int.self, .keyValueHeads),
            headWidth: values.optional(Int.self, .headWidth),
            normalizationEpsilon: values.optional(Double.self, .normalizationEpsilon) ?? 1e-6,
            ropeTheta: theta ?? 10_000,
            tiedEmbeddings: values.optional(Bool.self, .tiedEmbeddings) ?? false,
            maximumPositions: values.optional(Int.self, .maximumPositions) ?? 2048,
            beginningToken: values.optional(Int.self, .beginningToken),
            endTokens: Self.endTokens(values),
            paddingToken: padding == -1 ? nil : padding)
    }

    /// Writes the keys of `config.json`, the rotary base both where transformers 5 and where earlier versions look.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: HuggingFaceKey.self)
        try values.encode(["LlamaForCausalLM"], forKey: .architectures)
        try values.encode("llama", forKey: .modelType)
        try values.encode("silu", forKey: .activation)
        try values.encode(false, forKey: .attentionBias)
        try values.encode(false, forKey: .feedForwardBias)
        try values.encode(vocabularySize, forKey: .vocabularySize)
        try values.encode(width, forKey: .width)
        try values.encode(intermediateWidth, forKey: .intermediateWidth)
        try values.encode(layers, forKey: .layers)
        try values.encode(heads, forKey: .heads)
        try values.encode(keyValueHeads, forKey: .keyValueHeads)
        try values.encode(headWidth, forKey: .headWidth)
        try values.encode(normalizationEpsilon, forKey: .normalizationEpsilon)
        try values.encode(ropeTheta, forKey: .ropeTheta)
        try values.encode(RotaryParameters(theta: ropeTheta, type: "default"), forKey: .ropeParameters)
        try values.encode(tiedEmbeddings, forKey: .tiedEmbeddings)
        try values.encode(maximumPositions, forKey: .maximumPositions)
        // A missing id would be filled in by transformers' own default, so the absence is written as null.
        try values.encode(beginningToken, forKey: .beginningToken)
        try values.encode(paddingToken, forKey: .paddingToken)
        switch endTokens.count {
        case 0: try values.encodeNil(forKey: .endTokens)
        case 1: try values.encode(endTokens[0], forKey: .endTokens)
        default: try values.encode(endTokens, forKey: .endTokens)
        }
    }

    private static func endTokens(_ values: Container) throws -> [Int] {
        guard values.contains(.endTokens), try !values.decodeNil(forKey: .endTokens) else { return [] }
        if let single = try? values.decode(Int.self, forKey: .endTokens) { return [single] }
        return try values.decode([Int].self, forKey: .endTokens)
    }

    /// Refuses settings that would change the computation in a way that this library does not carry out.
    private static func refuseUnsupported(_ values: Container) throws {
        for key in [HuggingFaceKey.attentionBias, .feedForwardBias] {
            guard try values.decodeIfPresent(Bool.self, forKey: key) != true else {
                throw key.refusal("biases are not supported for this family; use a model without them")
            }
        }
        if let activation = try values.decodeIfPresent(String.self, forKey: .activation), activation != "silu" {
            throw HuggingFaceKey.activation.refusal("\"\(activation)\" is not supported; \"silu\" is")
        }
        for key in [HuggingFaceKey.ropeParameters, .ropeScaling] {
            guard let rotary = try values.decodeIfPresent(RotaryParameters.self, forKey: key) else { continue }
            if let type = rotary.type ?? rotary.earlierType, type != "default" {
                throw key.refusal("rotary scaling of type \"\(type)\" is not supported; use a model without scaling")
            }
            try refusePartialRotation(rotary.partialRotaryFactor, key)
        }
        let factor = try values.decodeIfPresent(Double.self, forKey: .partialRotaryFactor)
        try refusePartialRotation(factor, .partialRotaryFactor)
        guard try !values.contains(.quantization) || values.decodeNil(forKey: .quantization) else {
            throw HuggingFaceKey.quantization.refusal("quantized weights are not supported here; use the full weights")
        }
    }

    private static func refusePartialRotation(_ factor: Double?, _ key: HuggingFaceKey) throws {
        guard factor == nil || factor == 1 else {
            throw key.refusal("rotating only a part of each head is not supported; use a model with a factor of 1")
        }
    }
}

extension KeyedDecodingContainer<LlamaConfiguration.HuggingFaceKey> {
    /// A value that may be absent or null. A number that the type cannot hold is blamed on its key; `JSONDecoder` would
    /// call the whole file invalid.
    fileprivate func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        do {
            return try decodeIfPresent(type, forKey: key)
        } catch let error as DecodingError {
            throw error
        } catch {
            throw key.refusal("is not \(LlamaConfigurationError.name(of: type)) within bounds; correct it")
        }
    }

    /// A value that must be there.
    fileprivate func required<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value {
        guard let value = try optional(type, key) else {
            throw key.refusal("is missing; the file must give it")
        }
        return value
    }
}

extension LlamaConfigurationError {
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

    fileprivate static func name(of type: Any.Type) -> String {
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
