import Tensors

/// The family, dimensions and constants of a model, as Hugging Face's `config.json` states them.
///
/// Every instance is consistent: the initializers refuse what a model could not be built from. Keys in parentheses are
/// those of most families; a family's file has its own.
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
    /// How the rotary embedding was stretched for longer texts (`rope_scaling`); not in layers with a sliding window.
    public let ropeScaling: RotaryScaling
    /// Which layers attend to the last tokens alone; `nil` where none does.
    public let slidingWindow: SlidingWindow?
    /// The number whose reciprocal root queries are multiplied with before they meet the keys: the width of a head, unless
    /// the family says otherwise (`query_pre_attn_scalar`).
    public let queryScalar: Double
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
        keyValueHeads: Int? = nil, headWidth: Int? = nil, normalizationEpsilon: Double = 1e-6,
        ropeTheta: Double = 10_000, ropeScaling: RotaryScaling = .none, slidingWindow: SlidingWindow? = nil,
        queryScalar: Double? = nil, tiedEmbeddings: Bool = false, maximumPositions: Int = 2048, bosToken: Int? = nil,
        eosTokens: [Int] = [], paddingToken: Int? = nil
    ) throws {
        let dimensions: [(PartialKeyPath<ConfigurationParts>, Int)] = [
            (\.vocabularySize, vocabularySize), (\.width, width), (\.intermediateWidth, intermediateWidth),
            (\.layers, layers), (\.heads, heads), (\.keyValueHeads, keyValueHeads ?? heads),
            (\.headWidth, headWidth ?? 2), (\.maximumPositions, maximumPositions),
        ]
        // Layers are bounded more tightly: a list of weights is made for each before a single one has been read.
        guard layers <= Self.greatestLayerCount else {
            throw family.refusal(
                \.layers, "\(layers) is out of range; it must be between 1 and \(Self.greatestLayerCount)")
        }
        for (part, value) in dimensions where !(1...Self.greatestDimension).contains(value) {
            throw family.refusal(
                part, "\(value) is out of range; it must be between 1 and \(Self.greatestDimension)")
        }
        guard headWidth != nil || width.isMultiple(of: heads) else {
            let keys = family.definition.configurationKeys
            throw family.refusal(
                \.heads,
                "\(heads) heads do not divide a \(keys.name(of: \.width) ?? "width") of \(width); change one of them"
                    + (keys.name(of: \.headWidth).map { " or give \($0)" } ?? ""))
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
        self.ropeScaling = ropeScaling
        self.slidingWindow = slidingWindow.flatMap { $0.layers.contains(true) ? $0 : nil }
        self.queryScalar = queryScalar ?? Double(headWidth ?? width / heads)
        self.tiedEmbeddings = tiedEmbeddings
        self.maximumPositions = maximumPositions
        self.bosToken = bosToken
        self.eosTokens = eosTokens
        self.paddingToken = paddingToken
        try validateRelations()
    }

    private func validateRelations() throws {
        guard heads.isMultiple(of: keyValueHeads) else {
            throw family.refusal(
                \.keyValueHeads,
                "\(keyValueHeads) does not divide the \(heads) attention heads; use a divisor of \(heads)")
        }
        guard headWidth > 0, headWidth.isMultiple(of: 2) || !rotatesPositions else {
            throw family.refusal(
                \.headWidth, "a head is \(headWidth) wide; the rotary embedding turns pairs, so the width must be even")
        }
        guard normalizationEpsilon > 0, normalizationEpsilon <= 1 else {
            throw family.refusal(
                \.normalizationEpsilon,
                "\(normalizationEpsilon) is out of range; it must be above 0 and at most 1")
        }
        for theta in [ropeTheta, slidingWindow?.theta].compactMap(\.self) where !(theta >= 1 && theta <= 1e12) {
            throw family.refusal(\.ropeTheta, "\(theta) is out of range; it must be between 1 and 1e12")
        }
        if let problem = ropeScaling.problem { throw family.refusal(\.ropeScaling, problem) }
        if case .divisors(let divisors) = ropeScaling, divisors.count != headWidth / 2 {
            throw family.refusal(\.ropeScaling, "\(divisors.count) divisors for heads that are \(headWidth) wide")
        }
        if let window = slidingWindow, window.tokens < 1 || window.layers.count != layers {
            throw family.refusal(
                \.slidingWindow,
                "a window of \(window.tokens) tokens, given for \(window.layers.count) layers of \(layers), is not possible"
            )
        }
        guard queryScalar.isFinite, queryScalar > 0 else {
            throw family.refusal(\.queryScalar, "\(queryScalar) is out of range; it must be above 0")
        }
        let tokens: [(PartialKeyPath<ConfigurationParts>, [Int])] = [
            (\.bosToken, [bosToken].compactMap(\.self)), (\.eosTokens, eosTokens),
            (\.paddingToken, [paddingToken].compactMap(\.self)),
        ]
        for (part, ids) in tokens {
            if let outside = ids.first(where: { !(0..<vocabularySize).contains($0) }) {
                throw family.refusal(
                    part, "token \(outside) is not in the vocabulary of \(vocabularySize); correct the id")
            }
        }
    }

    /// Whether positions are rotations of queries and keys rather than learned vectors.
    var rotatesPositions: Bool { family.definition.weights.rotatesPositions }

    /// The rotary embedding of a layer; `nil` where the family does not rotate.
    func rotaryEmbedding(layer: Int) -> RotaryEmbedding? {
        guard rotatesPositions else { return nil }
        if let slidingWindow, slidingWindow.layers[layer] { return RotaryEmbedding(theta: slidingWindow.theta) }
        return RotaryEmbedding(theta: ropeTheta, scaling: ropeScaling)
    }

    /// How the tokens of a layer attend to those before.
    func attentionReach(layer: Int) -> AttentionReach {
        AttentionReach(
            queryScale: 1 / queryScalar.squareRoot(),
            window: slidingWindow.flatMap { $0.layers[layer] ? $0.tokens : nil })
    }

    /// The longest sequence that can be computed, in tokens: learned positions end, rotary ones go on beyond what the model
    /// was made for.
    public var longestSequence: Int { rotatesPositions ? .max : maximumPositions }
}

extension ModelFamily {
    /// The refusal of a part, under the key that gives it in the family's `config.json`.
    fileprivate func refusal(_ part: PartialKeyPath<ConfigurationParts>, _ problem: String) -> ModelConfigurationError {
        ModelConfigurationError(key: definition.configurationKeys.name(of: part), problem: problem)
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
