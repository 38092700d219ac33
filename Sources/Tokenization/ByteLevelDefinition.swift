/// What a byte-level tokenizer consists of, from whichever file: a tokenizer.json or a GGUF file.
///
/// The texts of tokens are UTF-8 in the ``ByteAlphabet``; those of added tokens are plain UTF-8.
struct ByteLevelDefinition {
    /// The text of each token of the vocabulary proper, by id.
    var tokens: [ArraySlice<UInt8>]
    /// Pairs of token texts, the first to be merged first.
    var merges: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)]
    /// Tokens that are looked for ahead of everything else; those that are not in the vocabulary follow it.
    var addedTokens: [AddedToken]
    var preTokenizer: PreTokenizer
    /// Whether texts are brought into normalization form C.
    var composes: Bool
    /// Whether a word that is a token becomes that token, whatever the merges would make of it.
    var ignoresMerges = false
    /// The text of the token for bytes that the vocabulary lacks; without it, they are left out.
    var unknown: ArraySlice<UInt8>?
    /// Whether a run of bytes that the vocabulary lacks is one unknown token.
    var fusesUnknown = false
    var special = SpecialTokens()
    /// Ends of a sequence that some file names besides the one in ``special``.
    var otherEnds: [Int] = []

    /// What the token that ends a sequence is usually called, the more telling name first.
    private static let customaryEnds = [
        "<|im_end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|end|>", "</s>", "<eos>",
    ]

    /// How many ids there are.
    var vocabularySize: Int {
        max(tokens.count, (addedTokens.map(\.id).max() ?? -1) + 1)
    }

    /// The id of an added token or a token, by its text.
    func id(of text: String) -> Int? {
        addedTokens.first { $0.content.elementsEqual(text.utf8) }?.id
            ?? tokens.firstIndex { $0.elementsEqual(text.utf8) }
    }

    /// The tokens that frame a sequence. Where nothing says which one ends it, a token that is customarily its end;
    /// what nothing says at all is the end.
    ///
    /// - Throws: ``TokenizerFileFailure`` where an id is outside the vocabulary or there is no end.
    func frame(_ special: SpecialTokens) throws -> SequenceFrame {
        guard let eos = special.eos ?? Self.customaryEnds.lazy.compactMap(id(of:)).first else {
            throw TokenizerFileFailure.unsupported(
                "it names no end token (eos_token in tokenizer_config.json, eos_token_id in config.json)")
        }
        let frame = SequenceFrame(
            bos: special.bos ?? eos, eos: eos, padding: special.padding ?? eos,
            addsBOS: special.addsBOS ?? false)
        for id in [frame.bos, frame.eos, frame.padding] where !(0..<vocabularySize).contains(id) {
            throw TokenizerFileFailure.damaged(
                "special token \(id) is outside the vocabulary (0 ..< \(vocabularySize))")
        }
        return frame
    }
}
