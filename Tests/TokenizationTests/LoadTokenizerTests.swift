import Foundation
import Testing

@testable import Tokenization

struct LoadTokenizerTests {
    /// Runs `body` with a directory that holds some files.
    private func withDirectory(_ files: [String: Data], _ body: (URL) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, content) in files { try content.write(to: directory.appendingPathComponent(name)) }
        try body(directory)
    }

    private let unigram = Data(#"{"model": {"type": "Unigram", "vocab": [["a", 0.0]]}}"#.utf8)

    @Test func tokenizerJSONComesFirst() throws {
        try withDirectory(["tokenizer.json": ByteLevelFixture.file("smollm"), "tokenizer.model": Fixture.model()]) {
            let tokenizer = try loadTokenizer(directory: $0)
            #expect(tokenizer is ByteLevelTokenizer)
            #expect(tokenizer.eos == 2)  // "<|im_end|>", the customary name
            #expect(tokenizer.bos == 2)
            #expect(tokenizer.padding == 2)
            #expect(!tokenizer.addsBOS)
            #expect(try tokenizer.serialized == ByteLevelFixture.file("smollm"))
        }
    }

    @Test func otherKindsOfTokenizerJSONGiveWayToTheModel() throws {
        try withDirectory(["tokenizer.json": unigram, "tokenizer.model": Fixture.model()]) {
            let tokenizer = try loadTokenizer(directory: $0)
            #expect(tokenizer is SentencePieceTokenizer)
        }
        try withDirectory(["tokenizer.json": unigram]) { directory in
            let error = #expect(throws: TokenizationError.self) { try loadTokenizer(directory: directory) }
            #expect(error?.description.contains("model.type is \"Unigram\"") == true)
        }
        // A cut file must not be mistaken for another kind.
        try withDirectory(["tokenizer.json": unigram.dropLast(), "tokenizer.model": Fixture.model()]) { directory in
            let error = #expect(throws: TokenizationError.self) { try loadTokenizer(directory: directory) }
            guard case .damaged? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func directoriesWithoutATokenizerAreNamed() throws {
        try withDirectory(["vocab.txt": Data()]) { directory in
            #expect(throws: TokenizationError.noTokenizer(directory: directory.path, found: ["vocab.txt"])) {
                try loadTokenizer(directory: directory)
            }
        }
        let missing = URL(fileURLWithPath: "/nonexistent/model")
        #expect(throws: TokenizationError.unreadable(path: missing.path, reason: "No such file or directory")) {
            try loadTokenizer(directory: missing)
        }
    }

    @Test func specialTokensAreRead() throws {
        let configuration = """
            {"bos_token": {"content": "<|im_start|>", "special": true}, "eos_token": "<|im_end|>", "pad_token": null,
            "add_bos_token": true}
            """
        let files = [
            "tokenizer.json": try ByteLevelFixture.file("smollm"), "tokenizer_config.json": Data(configuration.utf8),
        ]
        try withDirectory(files) { directory in
            let tokenizer = try loadTokenizer(directory: directory)
            #expect(tokenizer.bos == 1)
            #expect(tokenizer.eos == 2)
            #expect(tokenizer.padding == 2)
            #expect(tokenizer.addsBOS)
            // The caller knows better.
            let other = try loadTokenizer(directory: directory, bos: 7, eos: 0, padding: 4)
            #expect((other.bos, other.eos, other.padding) == (7, 0, 4))

            // Alone, the file gives the same tokenizer.
            try withDirectory([other.fileName: other.serialized]) { directory in
                let again = try loadTokenizer(directory: directory)
                #expect((again.bos, again.eos, again.padding) == (7, 0, 4))
                #expect(again.addsBOS)
                #expect(again.serialized == other.serialized)
                #expect(try ByteLevelFixture.recorded("smollm").mismatches(again) == [])
            }
        }
    }

    /// Nothing is filled up here, so that a file may name a padding token that it has not.
    @Test func aMissingPaddingTokenIsNoHindrance() throws {
        let configuration = Data(#"{"eos_token":"<|endoftext|>","pad_token":"[PAD]"}"#.utf8)
        let files = ["tokenizer.json": try ByteLevelFixture.file("gpt2"), "tokenizer_config.json": configuration]
        try withDirectory(files) { directory in
            let tokenizer = try loadTokenizer(directory: directory)
            #expect(tokenizer.padding == tokenizer.eos)
        }
    }

    /// config.json names one, tokenizer_config.json another: both end a text.
    @Test func everyEndThatIsNamedEndsAText() throws {
        let configuration = Data(#"{"eos_token":"<|endoftext|>"}"#.utf8)
        let files = ["tokenizer.json": try ByteLevelFixture.file("gpt2"), "tokenizer_config.json": configuration]
        try withDirectory(files) { directory in
            let named = try loadTokenizer(directory: directory)
            let both = try loadTokenizer(directory: directory, eos: 5)
            #expect(both.eos == 5 && both.ends == [5, named.eos] && named.ends == [named.eos])
        }
    }

    @Test func unknownSpecialTokensAreNamed() throws {
        let configuration = Data(#"{"eos_token":"<?>"}"#.utf8)
        let files = ["tokenizer.json": try ByteLevelFixture.file("gpt2"), "tokenizer_config.json": configuration]
        try withDirectory(files) { directory in
            let path = directory.appendingPathComponent("tokenizer_config.json").path
            #expect(throws: TokenizationError.damaged(path: path, reason: "eos_token \"<?>\" is not in the vocabulary"))
            {
                try loadTokenizer(directory: directory)
            }
        }
    }

    @Test(arguments: [-1, 100_000, Int.max])
    func specialTokensOutsideTheVocabularyAreRefused(_ token: Int) throws {
        let file = try ByteLevelFixture.file("gpt2")
        let error = #expect(throws: TokenizationError.self) {
            try ByteLevelTokenizer(serialized: file, source: "gpt2.json", padding: token)
        }
        #expect(error?.description.contains("special token \(token) is outside the vocabulary") == true)
    }

    @Test func singleFilesAreRead() throws {
        let json = ByteLevelFixture.folder.appendingPathComponent("gpt2.json").path
        #expect(try loadTokenizer(path: json).fileName == "tokenizer.json")
        #expect(try loadTokenizer(path: Fixture.modelPath).fileName == "tokenizer.model")
    }

    @Test func continuationsBeginWithASpace() throws {
        let byteLevel: any Tokenizer = try ByteLevelFixture.tokenizer("gpt2")
        #expect(try byteLevel.encode(continuation: "Oslo") == byteLevel.encode(" Oslo"))
        let sentencePiece: any Tokenizer = try Fixture.tokenizer()
        #expect(try sentencePiece.encode(continuation: "Oslo") == sentencePiece.encode("Oslo"))
    }
}
