import Foundation
import Testing
import Tokenization

struct SentencePieceTokenizerTests {
    /// What `spm_encode` recorded: punctuation, unseen characters (byte fallback), ligatures, repeated spaces, emoji.
    @Test func encodesAsTheCommandLineDoes() throws {
        let tokenizer = try Fixture.tokenizer()
        let recorded = try Fixture.lines("encoded.tsv")
        #expect(recorded.count == 13)
        for line in recorded {
            let columns = line.split(separator: "\t")
            try #require(columns.count == 2)
            #expect(try tokenizer.encode(String(columns[0])) == columns[1].split(separator: " ").map { Int($0) })
        }
    }

    @Test func decodesAsTheCommandLineDoes() throws {
        let tokenizer = try Fixture.tokenizer()
        for (text, decoded) in zip(try Fixture.lines("strings.txt"), try Fixture.lines("decoded.txt")) {
            #expect(try tokenizer.decode(tokenizer.encode(text)) == decoded)
        }
    }

    /// The command line reads line by line, so a newline is checked through "!": neither occurs in the corpus, hence both
    /// are one byte token each, and what surrounds them is cut alike.
    @Test func newlinesAreByteTokens() throws {
        let tokenizer = try Fixture.tokenizer()
        let pieces = try Fixture.lines("test.vocab").map { $0.split(separator: "\t")[0] }
        let newline = try #require(pieces.firstIndex(of: "<0x0A>"))
        let exclamationMark = try #require(pieces.firstIndex(of: "<0x21>"))

        let expected = try tokenizer.encode("Mary went!John picked up").map { $0 == exclamationMark ? newline : $0 }
        #expect(expected.contains(newline))
        #expect(try tokenizer.encode("Mary went\nJohn picked up") == expected)
        #expect(try tokenizer.decode(expected) == "Mary went\nJohn picked up")
    }

    @Test func vocabularyIsTheFilesOwn() throws {
        let tokenizer = try Fixture.tokenizer()
        let pieces = try Fixture.lines("test.vocab").map { $0.split(separator: "\t")[0] }
        #expect(tokenizer.vocabularySize == pieces.count)
        #expect(pieces[tokenizer.bos] == "<s>")
        #expect(pieces[tokenizer.eos] == "</s>")
        #expect(pieces[tokenizer.padding] == "<pad>")
        #expect(try tokenizer.serialized == Fixture.model())
    }

    @Test(arguments: ["", " ", "\n", "\0", "a\0b\0", "👩‍👩‍👧🇳🇴", "e\u{301}", "\u{FFFD}", "\u{10FFFF}", " both ends "])
    func roundTrips(_ text: String) throws {
        let tokenizer = try Fixture.tokenizer()
        let decoded = try tokenizer.decode(tokenizer.encode(text))
        #expect(Array(decoded.utf8) == Array(text.utf8))
    }

    @Test func longTextRoundTrips() throws {
        let tokenizer = try Fixture.tokenizer()
        for text in [String(repeating: "Zoe lives in Oslo. ", count: 20_000), String(repeating: "☃", count: 100_000)] {
            #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
        }
    }

    /// A document that spells "</s>" must not end a sequence.
    @Test func spelledSpecialTokensArePlainText() throws {
        let tokenizer = try Fixture.tokenizer()
        let tokens = try tokenizer.encode("<s></s><pad><unk>")
        #expect(Set(tokens).isDisjoint(with: [0, tokenizer.bos, tokenizer.eos, tokenizer.padding]))
        #expect(try tokenizer.decode(tokens) == "<s></s><pad><unk>")
    }

    @Test func specialTokensHaveNoText() throws {
        let tokenizer = try Fixture.tokenizer()
        let tokens = try tokenizer.encode("Oslo")
        let framed = [tokenizer.bos] + tokens + [tokenizer.eos, tokenizer.padding]
        #expect(try tokenizer.decode(framed) == "Oslo")
    }

    /// As in Llama's vocabularies.
    @Test func paddingIsTheEndWhereThereIsNone() throws {
        let model = try Fixture.model(replacing: "<pad>", with: "<pax>")
        let tokenizer = try SentencePieceTokenizer(serialized: model, source: "test.model")
        #expect(tokenizer.padding == tokenizer.eos)
        #expect(try tokenizer.encode("Oslo") == Fixture.tokenizer().encode("Oslo"))
    }

    @Test func specialTokensAreParsedAndShownOnRequest() throws {
        let tokenizer = try Fixture.tokenizer()
        let oslo = try tokenizer.encode("Oslo")
        let text = "<s>Oslo</s><pad>Oslo<s"
        let tokens = try tokenizer.encode(text, parsingSpecialTokens: true)
        #expect(tokens.starts(with: [tokenizer.bos] + oslo + [tokenizer.eos, tokenizer.padding]))
        #expect(!tokens.dropFirst().contains(tokenizer.bos))
        #expect(try tokenizer.decode(tokens, showingSpecialTokens: true) == text)
        #expect(try tokenizer.encode("Oslo", parsingSpecialTokens: true) == oslo)
        #expect(tokenizer.addsBOS)
        #expect(tokenizer.fileName == "tokenizer.model")
    }

    @Test func brokenBytesDecodeToReplacementCharacters() throws {
        let tokenizer = try Fixture.tokenizer()
        let tokens = try tokenizer.encode("☃")
        #expect(try tokenizer.decode(tokens.dropLast()).contains("\u{FFFD}"))
    }

    @Test(arguments: [-1, 380, Int.min, Int.max])
    func decodingOutsideTheVocabularyThrows(_ token: Int) throws {
        let tokenizer = try Fixture.tokenizer()
        #expect(throws: TokenizationError.unknownToken(token, vocabularySize: 380)) {
            try tokenizer.decode([5, token])
        }
    }

    @Test func threadsShareOneTokenizer() async throws {
        let tokenizer: any Tokenizer = try Fixture.tokenizer()
        let text = try Fixture.lines("corpus.txt").joined(separator: "\n")
        let expected = try tokenizer.encode(text)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<50 {
                        guard try tokenizer.encode(text) == expected else { return false }
                        guard try tokenizer.decode(expected) == text else { return false }
                    }
                    return true
                }
            }
            for try await agreed in group {
                #expect(agreed)
            }
        }
    }
}
