/// The vocabulary that a GGUF file carries, as its metadata `tokenizer.ggml.*` has it.
public struct GGUFVocabulary: Sendable {
    /// `model`: "gpt2" for byte-level BPE, "llama" for SentencePiece.
    public var model: String
    /// `pre`: which pre-tokenizer cuts the text of a byte-level vocabulary; "default" where it is nil.
    public var pre: String?
    /// `tokens`: the text of each id.
    public var tokens: [String]
    /// `scores`: for SentencePiece, the higher, the earlier a piece is merged. Empty for a byte-level vocabulary.
    public var scores: [Float]
    /// `token_type`: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. Empty where all are normal.
    public var types: [Int]
    /// `merges`: "a b", for a byte-level vocabulary.
    public var merges: [String]
    /// `bos_token_id`
    public var beginning: Int?
    /// `eos_token_id`
    public var end: Int?
    /// `padding_token_id`
    public var padding: Int?
    /// `unknown_token_id`. For SentencePiece alone: byte-level BPE leaves out what it has no token for.
    public var unknown: Int?
    /// `add_bos_token`. SentencePiece always adds it.
    public var addsBeginning: Bool?
    /// `add_space_prefix`, for SentencePiece: whether a text is encoded as if it began with a space; true where nil.
    public var addsSpacePrefix: Bool?

    public init(
        model: String, pre: String? = nil, tokens: [String], scores: [Float] = [], types: [Int] = [],
        merges: [String] = [], beginning: Int? = nil, end: Int? = nil, padding: Int? = nil, unknown: Int? = nil,
        addsBeginning: Bool? = nil, addsSpacePrefix: Bool? = nil
    ) {
        self.model = model
        self.pre = pre
        self.tokens = tokens
        self.scores = scores
        self.types = types
        self.merges = merges
        self.beginning = beginning
        self.end = end
        self.padding = padding
        self.unknown = unknown
        self.addsBeginning = addsBeginning
        self.addsSpacePrefix = addsSpacePrefix
    }

    /// The tokenizer of this vocabulary: a ``ByteLevelTokenizer`` or a ``SentencePieceTokenizer``.
    ///
    /// - Parameter source: Where the values come from, for error messages.
    /// - Throws: ``TokenizationError`` where the values do not fit together, or the model or pre-tokenizer is another.
    public func tokenizer(source: String) throws -> any Tokenizer {
        do {
            guard types.isEmpty || types.count == tokens.count else {
                throw TokenizerFileFailure.damaged(
                    "tokenizer.ggml.token_type has \(types.count) elements for \(tokens.count) tokens")
            }
            switch model {
            case "gpt2": return try ByteLevelTokenizer(byteLevelDefinition())
            case "llama": return try SentencePieceTokenizer(serialized: sentencePieceModel(), source: source)
            default:
                throw TokenizerFileFailure.unsupported(
                    "tokenizer.ggml.model is \"\(model)\", not \"gpt2\" or \"llama\"")
            }
        } catch let failure as TokenizerFileFailure {
            throw TokenizationError(failure, path: source)
        }
    }
}

/// What a token is for, by the numbers that SentencePiece and GGUF share.
enum TokenType: Int {
    case normal = 1
    case unknown
    case control
    case userDefined
    case unused
    case byte
}
