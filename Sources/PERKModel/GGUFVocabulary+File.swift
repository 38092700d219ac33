import ChatTemplates
import ModelFiles
import Tokenization

extension GGUFVocabulary {
    /// The vocabulary in a GGUF file's metadata.
    ///
    /// - Throws: `GGUFError` where a value is missing or of another kind than its key has.
    init(_ file: GGUFFile) throws {
        func optional<Value>(_ name: String, _ kind: KeyPath<GGUFValue, Value?>) throws -> Value? {
            let key = "tokenizer.ggml.\(name)"
            return file.metadata[key] == nil ? nil : try file.value(key, kind)
        }
        self.init(
            model: try file.value("tokenizer.ggml.model", \.string),
            pre: try optional("pre", \.string),
            tokens: try file.value("tokenizer.ggml.tokens", \.strings),
            scores: try optional("scores", \.floats)?.map { Float($0) } ?? [],
            types: try optional("token_type", \.integers) ?? [],
            merges: try optional("merges", \.strings) ?? [],
            beginning: try optional("bos_token_id", \.integer),
            end: try optional("eos_token_id", \.integer),
            padding: try optional("padding_token_id", \.integer),
            unknown: try optional("unknown_token_id", \.integer),
            addsBeginning: try optional("add_bos_token", \.bool),
            addsSpacePrefix: try optional("add_space_prefix", \.bool))
    }
}

extension ChatTemplateSource {
    /// The template in a GGUF file's metadata; `nil` where it has none.
    ///
    /// - Throws: `GGUFError` where a value is of another kind than its key has.
    init?(_ file: GGUFFile) throws {
        let key = "tokenizer.chat_template"
        guard file.metadata[key] != nil else { return nil }
        let spellings = try file.value("tokenizer.ggml.tokens", \.strings)
        let identifiers = ["bos_token": "bos_token_id", "eos_token": "eos_token_id"]
        let specialTokens = try identifiers.compactMapValues { name -> String? in
            let key = "tokenizer.ggml.\(name)"
            guard file.metadata[key] != nil else { return nil }
            let identifier = try file.value(key, \.integer)
            return spellings.indices.contains(identifier) ? spellings[identifier] : nil
        }
        self = .text(try file.value(key, \.string), specialTokens: specialTokens, source: file.file)
    }
}
