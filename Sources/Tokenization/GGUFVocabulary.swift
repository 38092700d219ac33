import Foundation
import ProtocolBuffers

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
    public var bos: Int?
    /// `eos_token_id`
    public var eos: Int?
    /// `padding_token_id`
    public var padding: Int?
    /// `unknown_token_id`. For SentencePiece alone: byte-level BPE leaves out what it has no token for.
    public var unknown: Int?
    /// `add_bos_token`; where it is nil, SentencePiece adds it and byte-level BPE does not.
    public var addsBOS: Bool?
    /// `add_space_prefix`, for SentencePiece: whether a text is encoded as if it began with a space; true where nil.
    public var addsSpacePrefix: Bool?

    public init(
        model: String, pre: String? = nil, tokens: [String], scores: [Float] = [], types: [Int] = [],
        merges: [String] = [], bos: Int? = nil, eos: Int? = nil, padding: Int? = nil, unknown: Int? = nil,
        addsBOS: Bool? = nil, addsSpacePrefix: Bool? = nil
    ) {
        self.model = model
        self.pre = pre
        self.tokens = tokens
        self.scores = scores
        self.types = types
        self.merges = merges
        self.bos = bos
        self.eos = eos
        self.padding = padding
        self.unknown = unknown
        self.addsBOS = addsBOS
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
            case "llama":
                return
                    try SentencePieceTokenizer(
                        serialized: sentencePieceModel(), source: source, addsBOS: addsBOS ?? true)
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

extension GGUFVocabulary {
    /// Control tokens become special tokens, user-defined ones plain added tokens.
    func byteLevelDefinition() throws -> ByteLevelDefinition {
        guard let preTokenizer = PreTokenizer(ggufName: pre ?? "default") else {
            throw TokenizerFileFailure.unsupported(
                "tokenizer.ggml.pre is \"\(pre ?? "")\", not \"gpt-2\", \"smollm\" or \"qwen2\"")
        }
        guard addsSpacePrefix != true else {
            throw TokenizerFileFailure.unsupported("tokenizer.ggml.add_space_prefix is true")
        }
        let texts = tokens.map { Array($0.utf8)[...] }
        return ByteLevelDefinition(
            tokens: texts, merges: try pairs(), addedTokens: try addedTokens(texts), preTokenizer: preTokenizer,
            composes: preTokenizer == .qwen2,
            special: SpecialTokens(bos: bos, eos: eos, padding: padding, addsBOS: addsBOS))
    }

    private func addedTokens(_ texts: [ArraySlice<UInt8>]) throws -> [AddedToken] {
        var added: [AddedToken] = []
        for (id, type) in types.enumerated() {
            switch TokenType(rawValue: type) {
            case .normal, .unused: continue
            case .unknown, .control, .userDefined:
                guard !texts[id].isEmpty, texts[id].count <= AddedToken.longestContent else {
                    throw TokenizerFileFailure.damaged(
                        "token \(id) is of type \(type) and has \(texts[id].count) bytes")
                }
                added.append(
                    AddedToken(id: id, content: texts[id], isSpecial: type != TokenType.userDefined.rawValue))
            case .byte, nil:
                throw TokenizerFileFailure.unsupported("token \(id) of a byte-level vocabulary is of type \(type)")
            }
        }
        return added
    }

    private func pairs() throws -> [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)] {
        try merges.enumerated().map { rank, merge in
            let parts = Array(merge.utf8).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw TokenizerFileFailure.damaged("merge \(rank) is not a pair of tokens")
            }
            return (parts[0], parts[1])
        }
    }
}

extension GGUFVocabulary {
    /// The bytes of a `.model` file (`sentencepiece_model.proto`) with this vocabulary: byte-pair encoding by scores,
    /// no normalization, and bytes for what is not a piece.
    func sentencePieceModel() throws -> Data {
        guard scores.count == tokens.count else {
            throw TokenizerFileFailure.damaged(
                "tokenizer.ggml.scores has \(scores.count) elements for \(tokens.count) tokens")
        }
        var model = ProtocolBufferMessage()
        for (id, token) in tokens.enumerated() {
            let type = types.isEmpty ? TokenType.normal.rawValue : types[id]
            guard TokenType(rawValue: type) != nil else {
                throw TokenizerFileFailure.unsupported("token \(id) is of type \(type)")
            }
            var piece = ProtocolBufferMessage()
            piece.append(token, field: 1)
            piece.append(scores[id], field: 2)
            // The library wants the unknown piece to be of its own type; Gemma's files call it a control piece.
            piece.append(id == unknown ? TokenType.unknown.rawValue : type, field: 3)
            model.append(piece, field: 1)
        }
        model.append(try trainerSettings(), field: 2)
        model.append(normalizerSettings(), field: 3)
        return model.bytes
    }

    private func trainerSettings() throws -> ProtocolBufferMessage {
        var settings = ProtocolBufferMessage()
        settings.append(2, field: 3)  // model_type: BPE
        settings.append(tokens.count, field: 4)
        settings.append(types.contains(TokenType.byte.rawValue), field: 35)  // byte_fallback
        // Each special token is an id (fields 40 to 43) and a piece (45 to 48). The library goes by the piece; where
        // there is none, by the customary ones: "<unk>", "<s>", "</s>", "<pad>".
        let special = [("unknown", unknown), ("bos", bos), ("eos", eos), ("padding", padding)]
        for (index, (name, id)) in special.enumerated() {
            guard let id else { continue }
            guard tokens.indices.contains(id) else {
                throw TokenizerFileFailure.damaged(
                    "tokenizer.ggml.\(name)_token_id is \(id), outside the vocabulary (0 ..< \(tokens.count))")
            }
            settings.append(id, field: 40 + index)
            settings.append(tokens[id], field: 45 + index)
        }
        return settings
    }

    private func normalizerSettings() -> ProtocolBufferMessage {
        var settings = ProtocolBufferMessage()
        settings.append("identity", field: 1)
        settings.append(addsSpacePrefix ?? true, field: 3)  // add_dummy_prefix
        settings.append(false, field: 4)  // remove_extra_whitespaces
        settings.append(true, field: 5)  // escape_whitespaces
        return settings
    }
}
