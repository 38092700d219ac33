import Foundation
import LanguageModel
import Testing
import TinyModels
import Tokenization

@testable import PERKModel

@Suite struct TextStreamTests {
    /// The pieces that come with each token, and what is left at the end.
    private func pieces(_ tokens: [Int], _ tokenizer: any Tokenizer) throws -> [String] {
        var stream = TextStream(tokenizer: tokenizer)
        return try tokens.map { try stream.append($0) } + [stream.rest()]
    }

    private func byteLevel() throws -> any Tokenizer {
        try BaseModel.tokenizer(path: TinyModel.fixtures.appending(path: "families/gguf-gpt2-f16").path)
    }

    /// Each byte of "é€🙂" is a token of its own.
    @Test func aTokenThatEndsWithinACharacterWaits() throws {
        let tokenizer = try byteLevel()
        let tokens = try tokenizer.encode("aé€🙂b")
        #expect(tokens.count == 1 + 2 + 3 + 4 + 1)
        #expect(try pieces(tokens, tokenizer) == ["a", "", "é", "", "", "€", "", "", "", "🙂", "b", ""])
    }

    @Test func whatIsNoTextComesWhenItIsCertain() throws {
        let tokenizer = try byteLevel()
        let tokens = try tokenizer.encode("€a")
        #expect(try pieces([tokens[0], tokens[3]], tokenizer) == ["", "\u{FFFD}a", ""])
        #expect(try pieces(Array(tokens[..<2]), tokenizer) == ["", "", "\u{FFFD}"])
    }

    /// Scalars are handed out as they come, even where one joins the character before.
    @Test func aMarkThatJoinsTheLastCharacterIsNotLost() throws {
        let tokenizer = try byteLevel()
        let tokens = try tokenizer.encode("e\u{301}!")
        #expect(try pieces(tokens, tokenizer) == ["e", "", "\u{301}", "!", ""])
    }

    /// SentencePiece's pieces carry their space in front; a text has none at its start.
    @Test func spacesStandBetweenWordsOnly() throws {
        let tokenizer = try TinyModel.tokenizer()
        let tokens = try tokenizer.encode("Zoe lives in Oslo.")
        let pieces = try pieces(tokens, tokenizer)
        #expect(pieces.joined() == "Zoe lives in Oslo.")
        #expect(pieces.first == "Z" || pieces.first == "Zoe" || pieces.first == "")
        for (index, token) in tokens.enumerated() where index > 1 {
            let alone = try tokenizer.decode([tokens[0], token]).dropFirst(tokenizer.decode([tokens[0]]).count)
            #expect(pieces[index] == alone)
        }
    }

    @Test func specialTokensAreShown() throws {
        let tokenizer = try byteLevel()
        #expect(try pieces([tokenizer.eos], tokenizer) == ["<|endoftext|>", ""])
    }

    @Test func unknownTokensAreRefused() throws {
        var stream = TextStream(tokenizer: try byteLevel())
        let token = try byteLevel().vocabularySize
        #expect(throws: TokenizationError.unknownToken(token, vocabularySize: token)) { try stream.append(token) }
    }
}
