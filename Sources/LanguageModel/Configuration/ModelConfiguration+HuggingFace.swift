/// Reading and writing the keys of Hugging Face's `config.json`.
extension ModelConfiguration: Codable {
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

    /// Reads the keys of `config.json`; keys that do not bear on the computation are ignored.
    /// - Throws: `ModelConfigurationError` or `DecodingError`.
    public init(from decoder: any Decoder) throws {
        var reader = ConfigurationReader(values: try decoder.container(keyedBy: ConfigurationReader.Spelling.self))
        let modelType = try reader.required(String.self, .modelType)
        guard let family = ModelFamily(rawValue: modelType) else {
            let known = ModelFamily.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw reader.refusal(.modelType, "\"\(modelType)\" is not supported here; \(known) are")
        }
        reader.family = family
        try Self.refuseUnsupported(reader)
        let rotary = try reader.optional(RotaryParameters.self, .ropeParameters)
        let padding = try reader.optional(Int.self, .paddingToken)
        let isGPT2 = family == .gpt2
        // Defaults are those of transformers' configuration classes. The first Llama models said "none" as -1.
        let width = try reader.required(Int.self, .width)
        try self.init(
            family: family,
            vocabularySize: reader.required(Int.self, .vocabularySize),
            width: width,
            intermediateWidth: isGPT2
                ? reader.optional(Int.self, .intermediateWidth) ?? width.multipliedReportingOverflow(by: 4).partialValue
                : reader.required(Int.self, .intermediateWidth),
            layers: reader.required(Int.self, .layers),
            heads: reader.required(Int.self, .heads),
            keyValueHeads: isGPT2 ? nil : reader.optional(Int.self, .keyValueHeads),
            headWidth: isGPT2 ? nil : reader.optional(Int.self, .headWidth),
            normalizationEpsilon: reader.optional(Double.self, .normalizationEpsilon) ?? (isGPT2 ? 1e-5 : 1e-6),
            ropeTheta: rotary?.theta ?? reader.optional(Double.self, .ropeTheta) ?? 10_000,
            tiedEmbeddings: reader.optional(Bool.self, .tiedEmbeddings)
                ?? family.description.tiesEmbeddingsByDefault,
            maximumPositions: reader.optional(Int.self, .maximumPositions) ?? (isGPT2 ? 1024 : 2048),
            bosToken: reader.optional(Int.self, .bosToken),
            eosTokens: Self.eosTokens(reader),
            paddingToken: padding == -1 ? nil : padding)
    }

    /// Writes the keys of `config.json`, the rotary base both where transformers 5 and where earlier versions look.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: ConfigurationReader.Spelling.self)
        func write(_ value: some Encodable, _ key: ConfigurationKey) throws {
            try values.encode(value, forKey: .init(stringValue: key.spelling(in: family)))
        }
        try write([family.description.architecture], .architectures)
        try write(family.rawValue, .modelType)
        try write(family == .gpt2 ? "gelu_new" : "silu", .activation)
        try write(vocabularySize, .vocabularySize)
        try write(width, .width)
        try write(intermediateWidth, .intermediateWidth)
        try write(layers, .layers)
        try write(heads, .heads)
        try write(normalizationEpsilon, .normalizationEpsilon)
        try write(tiedEmbeddings, .tiedEmbeddings)
        try write(maximumPositions, .maximumPositions)
        if family != .gpt2 {
            try write(keyValueHeads, .keyValueHeads)
            try write(headWidth, .headWidth)
            try write(ropeTheta, .ropeTheta)
            try write(RotaryParameters(theta: ropeTheta, type: "default"), .ropeParameters)
        }
        if family == .llama {
            try write(false, .attentionBias)
            try write(false, .feedForwardBias)
        }
        // A missing id would be filled in by transformers' own default, so the absence is written as null.
        try write(bosToken, .bosToken)
        try write(paddingToken, .paddingToken)
        switch eosTokens.count {
        case 0: try write(Int?.none, .eosTokens)
        case 1: try write(eosTokens[0], .eosTokens)
        default: try write(eosTokens, .eosTokens)
        }
    }

    private static func eosTokens(_ reader: ConfigurationReader) throws -> [Int] {
        guard try reader.contains(.eosTokens) else { return [] }
        if let single = try? reader.optional(Int.self, .eosTokens) { return [single] }
        return try reader.required([Int].self, .eosTokens)
    }

    /// Refuses settings that would change the computation in a way that this library does not carry out.
    private static func refuseUnsupported(_ reader: ConfigurationReader) throws {
        let withoutBias = "biases are not supported for this family; use a model without them"
        if reader.family == .llama {
            try reader.refuse(.attentionBias, unless: false, withoutBias)
            try reader.refuse(.feedForwardBias, unless: false, withoutBias)
        }
        try reader.refuse(.usesSlidingWindow, unless: false, "attention in a sliding window is not supported")
        try reader.refuse(.scalesAttention, unless: true, "attention without its scale is not supported")
        try reader.refuse(.scalesByLayer, unless: false, "attention scaled by the layer is not supported")
        try reader.refuse(.crossAttention, unless: false, "cross-attention is not supported")
        let other = try reader.optional([String].self, .layerTypes)?.first { $0 != "full_attention" }
        if let other { throw reader.refusal(.layerTypes, "layers of type \"\(other)\" are not supported") }
        let activations = reader.family == .gpt2 ? ["gelu_new", "gelu_pytorch_tanh"] : ["silu"]
        if let activation = try reader.optional(String.self, .activation), !activations.contains(activation) {
            throw reader.refusal(.activation, "\"\(activation)\" is not supported; \"\(activations[0])\" is")
        }
        for key in [ConfigurationKey.ropeParameters, .ropeScaling] {
            guard let rotary = try reader.optional(RotaryParameters.self, key) else { continue }
            if let type = rotary.type ?? rotary.earlierType, type != "default" {
                let problem = "rotary scaling of type \"\(type)\" is not supported; use a model without scaling"
                throw reader.refusal(key, problem)
            }
            try refusePartialRotation(rotary.partialRotaryFactor, key, reader)
        }
        try refusePartialRotation(reader.optional(Double.self, .partialRotaryFactor), .partialRotaryFactor, reader)
        guard try !reader.contains(.quantization) else {
            let problem = "quantized weights are not supported here; use the full weights, or a GGUF file"
            throw reader.refusal(.quantization, problem)
        }
    }

    private static func refusePartialRotation(
        _ factor: Double?, _ key: ConfigurationKey, _ reader: ConfigurationReader
    ) throws {
        guard factor == nil || factor == 1 else {
            let problem = "rotating only a part of each head is not supported; use a model with a factor of 1"
            throw reader.refusal(key, problem)
        }
    }
}
