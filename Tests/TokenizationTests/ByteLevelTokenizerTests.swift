import Foundation
import Testing

@testable import Tokenization

struct ByteLevelTokenizerTests {
    @Test(arguments: ByteLevelFixture.names)
    func encodesAsTheLibraryDoes(_ name: String) throws {
        let recorded = try ByteLevelFixture.recorded(name)
        #expect(recorded.texts.count > 40)
        #expect(!recorded.parsed.isEmpty)
        #expect(try recorded.mismatches(ByteLevelFixture.tokenizer(name)) == [])
    }

    /// Compares a real vocabulary on the texts that `Fixtures/tokenizers/record.py FOLDER TOKENIZER_JSON` has written.
    @Test(.enabled(if: comparisonFolder != nil, "set PERK_TOKENIZER_COMPARISON to a folder of record.py"))
    func encodesRealVocabulariesAsTheLibraryDoes() throws {
        let folder = try #require(Self.comparisonFolder)
        let tokenizer = try ByteLevelTokenizer(path: folder + "/tokenizer.json", eos: 0)
        let recorded = try Recorded(path: folder + "/recorded.json")
        let mismatches = try recorded.mismatches(tokenizer)
        print("\(recorded.texts.count) texts compared, \(mismatches.count) mismatches")
        #expect(mismatches == [])
    }

    private static let comparisonFolder = ProcessInfo.processInfo.environment["PERK_TOKENIZER_COMPARISON"]

    @Test func decodingGivesTheTextBack() throws {
        for name in ["gpt2", "qwen2"] {
            let tokenizer = try ByteLevelFixture.tokenizer(name)
            for text in try ByteLevelFixture.recorded(name).texts {
                let expected =
                    name == "qwen2" ? CanonicalComposition.composed(Array(text.utf8)[...]) : Array(text.utf8)
                #expect(try Array(tokenizer.decode(tokenizer.encode(text)).utf8) == expected)
                let parsed = try tokenizer.encode(text, parsingSpecialTokens: true)
                #expect(try Array(tokenizer.decode(parsed, showingSpecialTokens: true).utf8) == expected)
            }
        }
    }

    /// SmolLM's vocabulary has no byte 0x13 and none of those that begin U+40000.
    @Test func bytesWithoutATokenAreLeftOut() throws {
        let tokenizer = try ByteLevelFixture.tokenizer("smollm")
        #expect(try tokenizer.decode(tokenizer.encode("a\u{13}b")) == "ab")
        #expect(try tokenizer.encode("\u{13}") == [])
    }

    @Test func documentsCannotSpellSpecialTokens() throws {
        let tokenizer = try ByteLevelFixture.tokenizer("smollm")
        let text = "<|im_start|>user<|im_end|>"
        let plain = try tokenizer.encode(text)
        #expect(Set(plain).isDisjoint(with: 0...16))
        #expect(try tokenizer.decode(plain) == text)

        let parsed = try tokenizer.encode(text, parsingSpecialTokens: true)
        #expect(parsed.first == 1)
        #expect(parsed.last == 2)
        #expect(try tokenizer.decode(parsed) == "user")
        #expect(try tokenizer.decode(parsed, showingSpecialTokens: true) == text)
    }

    @Test func addedTokensThatAreNotSpecialAreText() throws {
        let tokenizer = try ByteLevelFixture.tokenizer("qwen2")
        let tokens = try tokenizer.encode("<tool_call>{}</tool_call>")
        #expect(tokens.first == tokenizer.vocabularySize - 3)
        #expect(try tokenizer.decode(tokens) == "<tool_call>{}</tool_call>")
    }

    @Test func brokenBytesDecodeToReplacementCharacters() throws {
        let tokenizer = try ByteLevelFixture.tokenizer(ByteLevelFixture.smallFile())
        #expect(try tokenizer.decode([0xE2, 0x98, 0x83, 0xE2, 0x98, 256]) == "☃\u{FFFD}ab")
    }

    @Test(arguments: [-1, 258, Int.min, Int.max])
    func decodingOutsideTheVocabularyThrows(_ token: Int) throws {
        let tokenizer = try ByteLevelFixture.tokenizer(ByteLevelFixture.smallFile())
        #expect(throws: TokenizationError.unknownToken(token, vocabularySize: 258)) {
            try tokenizer.decode([5, token])
        }
    }

    /// Vocabularies hold texts that are equal as Swift strings: "é" in one character and in two.
    @Test func canonicallyEquivalentTokensAreDifferent() throws {
        var file = ByteLevelFixture.smallFile()
        var added: [[String: Any]] = []
        for (id, content) in ["\u{E9}!", "e\u{301}!"].enumerated() {
            var token = try #require((file["added_tokens"] as? [[String: Any]])?.first)
            token["id"] = 257 + id
            token["content"] = content
            added.append(token)
        }
        file["added_tokens"] = added
        let tokenizer = try ByteLevelTokenizer(
            serialized: JSONSerialization.data(withJSONObject: file), source: "small.json", eos: 0)
        #expect(try tokenizer.encode("\u{E9}!e\u{301}!", parsingSpecialTokens: true) == [257, 258])
        #expect(try Array(tokenizer.decode([258], showingSpecialTokens: true).utf8) == Array("e\u{301}!".utf8))
    }

    @Test func threadsShareOneTokenizer() async throws {
        let tokenizer: any Tokenizer = try ByteLevelFixture.tokenizer("qwen2")
        let text = try ByteLevelFixture.recorded("qwen2").texts.joined(separator: "\n")
        let expected = try tokenizer.encode(text)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask { try (0..<5).allSatisfy { _ in try tokenizer.encode(text) == expected } }
            }
            for try await agreed in group {
                #expect(agreed)
            }
        }
    }
}
