import Foundation
import ModelFiles

/// The family, dimensions and constants of a model, as Hugging Face's `config.json` states them.
///
/// Every instance is consistent: the initializers refuse what a model could not be built from. Keys in parentheses are
/// those of most families; `ConfigurationKey` knows GPT-2's.
public struct ModelConfiguration: Equatable, Sendable {
    /// The equations that the model follows (`model_type`).
    public let family: ModelFamily
    /// The number of token ids (`vocab_size`).
    public let vocabularySize: Int
    /// The width of the residual stream (`hidden_size`).
    public let width: Int
    /// The width inside the feed-forward block (`intermediate_size`).
    public let intermediateWidth: Int
    /// The number of transformer blocks (`num_hidden_layers`).
    public let layers: Int
    /// The number of attention heads (`num_attention_heads`).
    public let heads: Int
    /// The number of heads that keys and values have; it divides `heads` (`num_key_value_heads`). Ainslie et al. 2023,
    /// arXiv 2305.13245.
    public let keyValueHeads: Int
    /// The width of one head (`head_dim`); even where the family rotates, for the rotary embedding turns pairs.
    public let headWidth: Int
    /// What a normalization adds to the mean square (`rms_norm_eps`).
    public let normalizationEpsilon: Double
    /// The base of the rotary embedding's wavelengths (`rope_theta`); without meaning where the family does not rotate.
    public let ropeTheta: Double
    /// Whether the output head is the embedding itself (`tie_word_embeddings`).
    public let tiedEmbeddings: Bool
    /// The longest sequence that the model was made for, in tokens (`max_position_embeddings`).
    public let maximumPositions: Int
    /// The id that opens a sequence, where there is one (`bos_token_id`).
    public let bosToken: Int?
    /// The ids that end a sequence (`eos_token_id`, a number or a list).
    public let eosTokens: [Int]
    /// The id that fills up a batch, where there is one (`pad_token_id`).
    public let paddingToken: Int?

    /// The greatest value that any dimension may have. Products of two dimensions then fit an `Int` with room to spare.
    static let greatestDimension = 1 << 24
    static let greatestLayerCount = 4096

    /// Makes a configuration from its parts.
    ///
    /// `keyValueHeads` is `heads` and `headWidth` is `width / heads` unless given.
    /// - Throws: `ModelConfigurationError` where a part is out of bounds or two parts do not fit each other.
    public init(
        family: ModelFamily = .llama, vocabularySize: Int, width: Int, intermediateWidth: Int, layers: Int, heads: Int,
        keyValueHeads: Int? = nil,
        headWidth: Int? = nil, normalizationEpsilon: Double = 1e-6, ropeTheta: Double = 10_000,
        tiedEmbeddings: Bool = false, maximumPositions: Int = 2048, bosToken: Int? = nil, eosTokens: [Int] = [],
        paddingToken: Int? = nil
    ) throws {
        let dimensions: [(ConfigurationKey, Int)] = [
            (.vocabularySize, vocabularySize), (.width, width), (.intermediateWidth, intermediateWidth),
            (.layers, layers), (.heads, heads), (.keyValueHeads, keyValueHeads ?? heads),
            (.headWidth, headWidth ?? 2), (.maximumPositions, maximumPositions),
        ]
        // Layers are bounded more tightly: a list of weights is made for each before a single one has been read.
        guard layers <= Self.greatestLayerCount else {
            throw ConfigurationKey.layers.refusal(
                "\(layers) is out of range; it must be between 1 and \(Self.greatestLayerCount)", in: family)
        }
        for (key, value) in dimensions where !(1...Self.greatestDimension).contains(value) {
            let problem = "\(value) is out of range; it must be between 1 and \(Self.greatestDimension)"
            throw key.refusal(problem, in: family)
        }
        self.family = family
        self.vocabularySize = vocabularySize
        self.width = width
        self.intermediateWidth = intermediateWidth
        self.layers = layers
        self.heads = heads
        self.keyValueHeads = keyValueHeads ?? heads
        self.headWidth = headWidth ?? width / heads
        self.normalizationEpsilon = normalizationEpsilon
        self.ropeTheta = ropeTheta
        self.tiedEmbeddings = tiedEmbeddings
        self.maximumPositions = maximumPositions
        self.bosToken = bosToken
        self.eosTokens = eosTokens
        self.paddingToken = paddingToken

        guard headWidth != nil || width.isMultiple(of: heads) else {
            throw ConfigurationKey.heads.refusal(
                "\(heads) heads do not divide a \(ConfigurationKey.width.spelling(in: family)) of \(width); "
                    + "change one of them\(family == .gpt2 ? "" : " or give head_dim")", in: family)
        }
        try validateRelations()
    }

    private func validateRelations() throws {
        guard heads.isMultiple(of: keyValueHeads) else {
            throw ConfigurationKey.keyValueHeads.refusal(
                "\(keyValueHeads) does not divide the \(heads) attention heads; use a divisor of \(heads)")
        }
        guard headWidth > 0, headWidth.isMultiple(of: 2) || !family.description.rotatesPositions else {
            throw ConfigurationKey.headWidth.refusal(
                "a head is \(headWidth) wide; the rotary embedding turns pairs, so the width must be even")
        }
        guard normalizationEpsilon > 0, normalizationEpsilon <= 1 else {
            throw ConfigurationKey.normalizationEpsilon.refusal(
                "\(normalizationEpsilon) is out of range; it must be above 0 and at most 1", in: family)
        }
        guard ropeTheta >= 1, ropeTheta <= 1e12 else {
            throw ConfigurationKey.ropeTheta.refusal("\(ropeTheta) is out of range; it must be between 1 and 1e12")
        }
        let tokens: [(ConfigurationKey, [Int])] = [
            (.bosToken, [bosToken].compactMap(\.self)), (.eosTokens, eosTokens),
            (.paddingToken, [paddingToken].compactMap(\.self)),
        ]
        for (key, ids) in tokens {
            if let outside = ids.first(where: { !(0..<vocabularySize).contains($0) }) {
                throw key.refusal("token \(outside) is not in the vocabulary of \(vocabularySize); correct the id")
            }
        }
    }

    /// The longest sequence that can be computed, in tokens: learned positions end, rotary ones go on beyond what the model
    /// was made for.
    public var longestSequence: Int { family.description.rotatesPositions ? .max : maximumPositions }

    /// Reads a `config.json`.
    /// - Throws: `ModelConfigurationError` naming the file and the key.
    public init(path: String) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch let error as ModelConfigurationError {
            throw error.naming(file: path)
        } catch let error as DecodingError {
            throw ModelConfigurationError(decoding: error).naming(file: path)
        } catch {
            throw ModelConfigurationError(
                file: path, problem: "cannot be read (\(error.localizedDescription)); check the path")
        }
    }

    /// Writes a `config.json` that transformers, old and new, reads as the same model.
    /// - Throws: `FileReplacementError`.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try replaceFile(at: path, with: [try encoder.encode(self) + Data("\n".utf8)])
    }
}
