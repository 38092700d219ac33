import Foundation

/// Reads the `tokenizer.json` of the Hugging Face tokenizers library, as far as it describes byte-level BPE.
///
/// What decides over ids is honoured or refused. `truncation`, `padding` and post-processors that only move offsets do
/// not. Which tokens frame a sequence has no place in the format but a template for the beginning; the object `perk`
/// in `model`, which the library skips, holds the rest.
enum TokenizerJSON {
    static func definition(from serialized: Data) throws -> ByteLevelDefinition {
        let root = try JSONNode.read([UInt8](serialized))
        let model = try root.member("model")
        if let type = try model.optional("type"), try type.text() != "BPE" {
            throw TokenizerFileFailure.unsupported("\(type.path) is \(try quoted(type.bytes())), not \"BPE\"")
        }
        try root.requireOnly([
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
            "decoder", "model",
        ])
        try requireByteLevelDecoder(root.optional("decoder"))
        try refuseOtherKinds(ofModel: model)

        let tokens = try tokens(of: model.member("vocab"))
        var definition = ByteLevelDefinition(
            tokens: tokens, merges: try merges(of: model.member("merges")),
            addedTokens: try addedTokens(root.optional("added_tokens"), tokens: tokens),
            preTokenizer: try preTokenizer(root.optional("pre_tokenizer")),
            composes: try composes(root.optional("normalizer")))
        definition.ignoresMerges = try model.optional("ignore_merges")?.boolean() ?? false
        definition.unknown = try model.optional("unk_token")?.bytes()
        definition.fusesUnknown = try model.optional("fuse_unk")?.boolean() ?? false
        definition.special = try specialTokens(model.optional("perk"))
            .filled(from: template(root.optional("post_processor")))
        return definition
    }

    private static func requireByteLevelDecoder(_ decoder: JSONNode?) throws {
        guard let decoder else { throw TokenizerFileFailure.unsupported("it has no decoder, not even ByteLevel") }
        try require("ByteLevel", decoder)
    }

    private static func refuseOtherKinds(ofModel model: JSONNode) throws {
        try model.requireOnly([
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
            "byte_fallback", "ignore_merges", "vocab", "merges", "perk",
        ])
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            guard let affix = try model.optional(name) else { continue }
            guard try affix.bytes().isEmpty else {
                throw TokenizerFileFailure.unsupported("\(affix.path) is not empty")
            }
        }
        if let fallback = try model.optional("byte_fallback"), try fallback.boolean() {
            throw TokenizerFileFailure.unsupported("\(fallback.path) is true")
        }
        switch try model.optional("dropout")?.value {
        case nil, .integer(0)?, .number(0)?: break
        default: throw TokenizerFileFailure.unsupported("model.dropout is set")
        }
    }

    // MARK: - The vocabulary

    private static func tokens(of vocabulary: JSONNode) throws -> [ArraySlice<UInt8>] {
        let members = try vocabulary.members()
        var tokens = [ArraySlice<UInt8>](repeating: [], count: members.count)
        for member in members {
            let id = try JSONNode(value: member.value, path: "the id of \(quoted(member.name))").integer()
            guard (0..<longestVocabulary).contains(id) else {
                throw TokenizerFileFailure.damaged(
                    "the id of \(quoted(member.name)) is \(id), with \(members.count) tokens in \(vocabulary.path)")
            }
            if id >= tokens.count { tokens += Array(repeating: [], count: id + 1 - tokens.count) }
            guard tokens[id].isEmpty else {
                throw TokenizerFileFailure.damaged(
                    "\(quoted(tokens[id])) and \(quoted(member.name)) both have the id \(id)")
            }
            tokens[id] = member.name
        }
        return tokens
    }

    /// More ids than any vocabulary has; what lies between those that are used is empty.
    private static let longestVocabulary = 1 << 24

    /// "a b" or ["a", "b"].
    private static func merges(
        of merges: JSONNode
    ) throws -> [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)] {
        try merges.elements().map { merge in
            switch merge.value {
            case .string(let line):
                let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
                if parts.count == 2 { return (parts[0], parts[1]) }
            case .array(let parts):
                if parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1] {
                    return (left, right)
                }
            default: break
            }
            throw merge.mismatch("a pair of tokens")
        }
    }

    private static func addedTokens(_ list: JSONNode?, tokens: [ArraySlice<UInt8>]) throws -> [AddedToken] {
        guard let list else { return [] }
        let ids = Dictionary(zip(tokens, 0...).filter { !$0.0.isEmpty }, uniquingKeysWith: { first, _ in first })
        var contents: Set<ArraySlice<UInt8>> = []
        var next = tokens.count { !$0.isEmpty }
        return try list.elements().map { element in
            let token = try addedToken(element)
            guard !token.content.isEmpty, contents.insert(token.content).inserted else {
                throw TokenizerFileFailure.damaged("\(element.path) is empty or occurs twice")
            }
            // The library numbers tokens that the vocabulary lacks one after the other, whatever id the file gives.
            let expected = ids[token.content] ?? next
            guard token.id == expected else {
                throw TokenizerFileFailure.damaged(
                    "\(element.path).id is \(token.id) where \(expected) is the next one")
            }
            if ids[token.content] == nil, tokens.indices.contains(expected), !tokens[expected].isEmpty {
                throw TokenizerFileFailure.damaged(
                    "\(quoted(tokens[expected])) and \(quoted(token.content)) both have the id \(expected)")
            }
            next = max(next, expected + 1)
            return token
        }
    }

    private static func addedToken(_ element: JSONNode) throws -> AddedToken {
        let content = try element.member("content").bytes()
        guard content.count <= AddedToken.longestContent else {
            throw TokenizerFileFailure.unsupported(
                "\(element.path).content has \(content.count) bytes, more than \(AddedToken.longestContent)")
        }
        return AddedToken(
            id: try element.member("id").integer(), content: content,
            isSpecial: try element.member("special").boolean(),
            isNormalized: try element.member("normalized").boolean(),
            stripsLeft: try element.member("lstrip").boolean(),
            stripsRight: try element.member("rstrip").boolean(),
            isSingleWord: try element.member("single_word").boolean())
    }

    private static func specialTokens(_ object: JSONNode?) throws -> SpecialTokens {
        SpecialTokens(
            bos: try object?.optional("beginning")?.integer(), eos: try object?.optional("end")?.integer(),
            padding: try object?.optional("padding")?.integer(),
            addsBOS: try object?.optional("adds_beginning")?.boolean())
    }
}
