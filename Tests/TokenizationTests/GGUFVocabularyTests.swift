import Foundation
import Testing

@testable import Tokenization

struct GGUFVocabularyTests {
    /// The vocabulary of a fixture as a GGUF file would carry it.
    private func vocabulary(_ name: String, pre: String?) throws -> GGUFVocabulary {
        let definition = try TokenizerJSON.definition(from: ByteLevelFixture.file(name))
        func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
        var vocabulary = GGUFVocabulary(model: "gpt2", pre: pre, tokens: definition.tokens.map(text))
        vocabulary.tokens += definition.addedTokens.filter { $0.id >= definition.tokens.count }.map { text($0.content) }
        vocabulary.types = Array(repeating: 1, count: vocabulary.tokens.count)
        for token in definition.addedTokens { vocabulary.types[token.id] = token.isSpecial ? 3 : 4 }
        vocabulary.merges = definition.merges.map { text($0) + " " + text($1) }
        return vocabulary
    }

    @Test(arguments: [("gpt2", "gpt-2"), ("gpt2", nil), ("smollm", "smollm"), ("qwen2", "qwen2")])
    func byteLevelVocabulariesEncodeAsTheLibraryDoes(_ name: String, _ pre: String?) throws {
        var vocabulary = try vocabulary(name, pre: pre)
        (vocabulary.bos, vocabulary.eos, vocabulary.padding, vocabulary.addsBOS) = (5, 6, 7, true)
        let recorded = try ByteLevelFixture.recorded(name)
        let tokenizer = try vocabulary.tokenizer(source: "model.gguf")
        #expect(tokenizer.fileName == "tokenizer.json")

        let again = try ByteLevelTokenizer(serialized: tokenizer.serialized, source: tokenizer.fileName)
        for tokenizer in [tokenizer, again] {
            #expect(try recorded.mismatches(tokenizer) == [])
            #expect(tokenizer.bos == 5)
            #expect(tokenizer.eos == 6)
            #expect(tokenizer.padding == 7)
            #expect(tokenizer.addsBOS)
        }
        #expect(again.serialized == tokenizer.serialized)
    }

    private struct Pieces: Decodable {
        let tokens: [String]
        let scores: [Float]
        let types: [Int]
    }

    private func llama() throws -> GGUFVocabulary {
        let file = ByteLevelFixture.folder.appendingPathComponent("llama.json")
        let pieces = try JSONDecoder().decode(Pieces.self, from: Data(contentsOf: file))
        return GGUFVocabulary(
            model: "llama", tokens: pieces.tokens, scores: pieces.scores, types: pieces.types, bos: 1, eos: 2,
            unknown: 0)
    }

    /// As in Gemma's files.
    @Test func theUnknownPieceMayBeAControlPiece() throws {
        var vocabulary = try llama()
        let expected = try vocabulary.tokenizer(source: "model.gguf").serialized
        vocabulary.types[0] = 3
        #expect(try vocabulary.tokenizer(source: "model.gguf").serialized == expected)
    }

    @Test func aSentencePieceVocabularyMaySayThatItAddsNoBeginning() throws {
        var vocabulary = try llama()
        vocabulary.addsBOS = false
        #expect(try !vocabulary.tokenizer(source: "model.gguf").addsBOS)
    }

    @Test func sentencePieceVocabulariesEncodeAsTheyWereTrained() throws {
        let tokenizer = try llama().tokenizer(source: "model.gguf")
        #expect(try ByteLevelFixture.recorded("llama").mismatches(tokenizer, parsing: false) == [])
        #expect(tokenizer.fileName == "tokenizer.model")
        #expect(tokenizer.bos == 1)
        #expect(tokenizer.eos == 2)
        #expect(tokenizer.padding == 2)
        #expect(tokenizer.addsBOS)
        let again = try SentencePieceTokenizer(serialized: tokenizer.serialized, source: tokenizer.fileName)
        #expect(try again.encode("John") == tokenizer.encode("John"))
    }

    @Test func unnamedSpecialPiecesHaveTheirCustomaryNames() throws {
        var vocabulary = try llama()
        (vocabulary.bos, vocabulary.eos, vocabulary.unknown) = (nil, nil, nil)
        let tokenizer = try vocabulary.tokenizer(source: "model.gguf")
        #expect(tokenizer.bos == 1)
        #expect(tokenizer.eos == 2)
    }

    @Test func spacePrefixIsTheFilesChoice() throws {
        var vocabulary = try llama()
        let prefixed = try vocabulary.tokenizer(source: "model.gguf").encode("the")
        vocabulary.addsSpacePrefix = false
        let plain = try vocabulary.tokenizer(source: "model.gguf")
        #expect(try plain.encode("the") != prefixed)
        #expect(try plain.encode(" the") == prefixed)
    }

    @Test func wrongValuesAreRefused() throws {
        let gpt2 = try vocabulary("gpt2", pre: "gpt-2")
        let changes: [(String, (inout GGUFVocabulary) -> Void)] = [
            ("tokenizer.ggml.model is \"bert\"", { $0.model = "bert" }),
            ("tokenizer.ggml.pre is \"llama-bpe\"", { $0.pre = "llama-bpe" }),
            ("token_type has 1 elements", { $0.types = [1] }), ("token 0 of a byte-level", { $0.types[0] = 6 }),
            ("token 0 of a byte-level", { $0.types[0] = 99 }),
            ("tokens 0 and 5 are both", { $0.tokens[5] = $0.tokens[0] }),
            ("merge 0 is not a pair", { $0.merges[0] = "a b c" }), ("merge 1 needs \"aj\"", { $0.merges[1] = "a j" }),
            ("special token -1 is outside", { $0.eos = -1 }), ("special token 5000 is outside", { $0.padding = 5000 }),
            ("add_space_prefix is true", { $0.addsSpacePrefix = true }),
            ("it names no end token", { $0.tokens[$0.tokens.count - 1] = "<z>" }),
        ]
        for (reason, change) in changes {
            var vocabulary = gpt2
            change(&vocabulary)
            expectRefusal(vocabulary, reason)
        }
        let llama = try llama()
        let others: [(String, (inout GGUFVocabulary) -> Void)] = [
            ("scores has 0 elements", { $0.scores = [] }), ("bos_token_id is 900", { $0.bos = 900 }),
            ("token 3 is of type 0", { $0.types[3] = 0 }), ("no end token", { $0.eos = 300 }),
            ("damaged", { $0.tokens[300] = $0.tokens[301] }),
        ]
        for (reason, change) in others {
            var vocabulary = llama
            change(&vocabulary)
            expectRefusal(vocabulary, reason)
        }
    }

    private func expectRefusal(_ vocabulary: GGUFVocabulary, _ reason: String) {
        let error = #expect(throws: TokenizationError.self, "\(reason)") {
            try vocabulary.tokenizer(source: "model.gguf")
        }
        let description = error?.description ?? ""
        #expect(description.contains("model.gguf"))
        #expect(description.contains(reason), "\(description)")
    }
}
