import Foundation
import ModelFiles
import StrictJSON

// Reading and writing Hugging Face's `config.json`.

extension ModelConfiguration {
    /// Reads a `config.json`. Every key that is there is used, known not to bear on the computation, or refused.
    ///
    /// - Throws: `ModelConfigurationError` naming the file and the key.
    public init(path: String) throws {
        do {
            try self.init(ConfigurationObject(path: path))
        } catch let error as ModelConfigurationError {
            throw error.naming(file: path)
        }
    }

    /// Reads the text of a `config.json`.
    ///
    /// - Throws: `ModelConfigurationError` naming the key.
    public init(json: Data) throws { try self.init(ConfigurationObject(json: json)) }

    private init(_ object: ConfigurationObject) throws {
        guard let type = try object.text("model_type") else { throw object.missing("model_type") }
        guard let family = ModelFamily.allCases.first(where: { $0.name == type }) else {
            let known = ModelFamily.allCases.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw object.refusal("model_type", "\"\(type)\" is not supported here; \(known) are")
        }
        try self.init(family: family, object.parts(family.definition.configurationKeys))
    }

    /// Makes a configuration from what a file says, which is all that its family's keys require.
    init(family: ModelFamily, _ parts: ConfigurationParts) throws {
        guard let vocabularySize = parts.vocabularySize, let width = parts.width, let layers = parts.layers,
            let intermediateWidth = parts.intermediateWidth, let heads = parts.heads,
            let normalizationEpsilon = parts.normalizationEpsilon, let maximumPositions = parts.maximumPositions,
            let tiedEmbeddings = parts.tiedEmbeddings
        else { preconditionFailure("the keys of \(family) leave out a size that every model has") }
        try self.init(
            family: family, vocabularySize: vocabularySize, width: width, intermediateWidth: intermediateWidth,
            layers: layers, heads: heads, keyValueHeads: parts.keyValueHeads, headWidth: parts.headWidth,
            normalizationEpsilon: normalizationEpsilon, ropeTheta: parts.ropeTheta ?? 10_000,
            ropeScaling: parts.ropeScaling, slidingWindow: parts.slidingWindow, queryScalar: parts.queryScalar,
            tiedEmbeddings: tiedEmbeddings, maximumPositions: maximumPositions, bosToken: parts.bosToken,
            eosTokens: parts.eosTokens, paddingToken: parts.paddingToken)
    }

    var parts: ConfigurationParts {
        ConfigurationParts(
            vocabularySize: vocabularySize, width: width, intermediateWidth: intermediateWidth, layers: layers,
            heads: heads, keyValueHeads: keyValueHeads, headWidth: headWidth,
            normalizationEpsilon: normalizationEpsilon, ropeTheta: ropeTheta, ropeScaling: ropeScaling,
            slidingWindow: slidingWindow, queryScalar: queryScalar, tiedEmbeddings: tiedEmbeddings,
            maximumPositions: maximumPositions, bosToken: bosToken, paddingToken: paddingToken, eosTokens: eosTokens)
    }

    /// Writes a `config.json` that transformers, old and new, reads as the same model.
    ///
    /// - Throws: `FileReplacementError`; `ModelConfigurationError` where the file has no place for the rotary scaling.
    public func write(to path: String) throws {
        if case .divisors = ropeScaling {
            throw ModelConfigurationError(
                file: path, key: "rope_scaling",
                problem:
                    "cannot state the divisors of a GGUF file; keep the model in its file, or take Hugging Face's files"
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try replaceFile(at: path, with: [try encoder.encode(self) + Data("\n".utf8)])
    }
}

extension ModelConfiguration: Encodable {
    /// Encodes what stands in `config.json`.
    public func encode(to encoder: any Encoder) throws {
        let parts = parts
        let keys = family.definition.configurationKeys.compactMap { key in
            key.write(parts).map { JSONValue.Member(key.name, $0) }
        }
        let members: [JSONValue.Member] = [
            .init("architectures", [.string(family.definition.architecture)]),
            .init("model_type", .string(family.name)),
        ]
        try EncodableValue(value: .object(members + keys)).encode(to: encoder)
    }
}

/// A JSON value for `JSONEncoder`.
private struct EncodableValue: Encodable {
    let value: JSONValue

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        if case .object(let members) = value {
            var container = encoder.container(keyedBy: Name.self)
            for member in members {
                try container.encode(EncodableValue(value: member.value), forKey: Name(stringValue: member.name))
            }
            return
        }
        var container = encoder.singleValueContainer()
        switch value {
        case .null, .object: try container.encodeNil()
        case .boolean(let flag): try container.encode(flag)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .array(let elements): try container.encode(elements.map(EncodableValue.init))
        }
    }
}
