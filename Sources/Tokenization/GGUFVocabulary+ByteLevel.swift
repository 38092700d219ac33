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
            special: SpecialTokens(beginning: beginning, end: end, padding: padding, addsBeginning: addsBeginning))
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
