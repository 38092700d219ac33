import Foundation
import Testing
import TinyModels

/// `perk-serve tokenize`, both ways, on a SentencePiece and a byte-level vocabulary.
@Suite struct TokenizeCommandTests {
    private let folder: TinyModelDirectory

    init() throws {
        folder = try TinyModelDirectory()
    }

    private func outcome(
        _ input: Data, _ arguments: [String] = [], model: String = TextFixture.path("gguf-llama-q8_0")
    ) throws -> ServeProcess.Outcome {
        let process = try ServeProcess(["tokenize", "--model", model] + arguments, log: folder.path("log.txt"))
        try process.send(input)
        return try process.finish()
    }

    private func outcome(
        _ input: String, _ arguments: [String] = [], model: String = TextFixture.path("gguf-llama-q8_0")
    ) throws -> ServeProcess.Outcome {
        try outcome(Data(input.utf8), arguments, model: model)
    }

    @Test(arguments: TextFixture.names) func idsAreThoseOfTheTokenizersLibrary(_ name: String) throws {
        let fixture = try TextFixture(name)
        let outcome = try outcome("\(fixture.prompt)\n", model: TextFixture.path(name))
        #expect(outcome.status == 0 && outcome.log.isEmpty)
        #expect(outcome.output == "[\(fixture.ids.map(String.init).joined(separator: ","))]\n")
    }

    /// encoded.tsv holds what SentencePiece's own program makes of each text.
    @Test func idsAreThoseOfSentencePiece() throws {
        let table = TextFixture.fixtures.appendingPathComponent("tokenizer-test/encoded.tsv")
        let rows = try String(contentsOf: table, encoding: .utf8).split(separator: "\n").prefix(20)
            .map { $0.split(separator: "\t") }
            // That program takes special tokens for text.
            .filter { $0.count == 2 && !$0[0].contains("</s>") }
        #expect(rows.count > 10)
        let outcome = try outcome(rows.map { "\($0[0])\n" }.joined(), model: folder.model)
        #expect(outcome.status == 0)
        #expect(outcome.output == rows.map { "[\($0[1].replacing(" ", with: ","))]\n" }.joined())
    }

    /// A SentencePiece model expects a beginning token, SmolLM2 none.
    @Test func theBeginningIsThatOfAPrompt() throws {
        for (model, isLonger) in [(folder.model, true), (TextFixture.path("gguf-llama-q8_0"), false)] {
            let plain = try outcome("here\n", model: model).output
            let begun = try outcome("here\n", ["--beginning"], model: model).output
            let generated = try ServeProcess(
                ["generate", "--model", model, "--prompt", "here", "--tokens", "1", "--json"],
                log: folder.path("log.txt")
            ).finish().output
            #expect(generated.contains("\"prompt_tokens\":\(begun.dropLast())"), "\(begun) \(generated)")
            #expect((begun != plain) == isLonger)
        }
        #expect(try outcome("[1]\n", ["--decode", "--beginning"]).status == 64)
    }

    @Test func aByteOrderMarkIsNoPartOfTheFirstLine() throws {
        let plain = try outcome("here\nthere\n")
        #expect(try plain.status == 0 && outcome("\u{FEFF}here\nthere\n").output == plain.output)
        #expect(try outcome("here\n\u{FEFF}there\n").output != plain.output)
    }

    @Test func decodingGivesTheTextsBack() throws {
        let texts = ["here and there", "", " x  y\t", "naïve 🙂 €", "<|im_start|>a<|im_end|>"]
        let encoded = try outcome(texts.map { "\($0)\n" }.joined())
        #expect(encoded.status == 0 && encoded.output.count { $0 == "\n" } == texts.count)
        let decoded = try outcome(encoded.output, ["--decode"])
        #expect(decoded.status == 0)
        let strings = try decoded.output.split(separator: "\n").map {
            try JSONDecoder().decode(String.self, from: Data($0.utf8))
        }
        #expect(strings == texts)
    }

    @Test func specialTokensCountAsSuch() throws {
        #expect(try outcome("<|im_start|><|im_end|>\n").output == "[1,2]\n")
        #expect(try outcome("[1,2]\n", ["--decode"]).output == "\"<|im_start|><|im_end|>\"\n")
    }

    @Test func jsonStringsMayHoldLineBreaks() throws {
        let encoded = try outcome("\"a\\nb\"\n\"\"\n", ["--json"])
        #expect(encoded.status == 0)
        // The special tokens are 0 to 2, then come the 188 bytes that are printable, from "!" on, then the others from 0.
        #expect(encoded.output == "[\(3 + 64),\(3 + 188 + 10),\(3 + 65)]\n[]\n")
        #expect(try outcome(encoded.output, ["--decode"]).output == "\"a\\nb\"\n\"\"\n")
    }

    @Test func nothingGivesNothing() throws {
        for arguments in [[], ["--json"], ["--decode"]] {
            let outcome = try outcome("", arguments)
            #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.log.isEmpty)
        }
    }

    @Test func anEmptyLineHasNoTokens() throws {
        for model in [folder.model, TextFixture.path("gguf-gpt2-f16")] {
            #expect(try outcome("\n\n", model: model).output == "[]\n[]\n")
        }
    }

    @Test func theLastLineNeedsNoBreak() throws {
        #expect(try outcome("!").output == "[3]\n")
    }

    static let faults: [(input: Data, arguments: [String], words: String)] = [
        (Data("!\n".utf8) + Data([0xC3, 0x28, 0x0A]), [], "UTF-8"),
        (Data("\"!\"\n\"a\n".utf8), ["--json"], "a JSON string"),
        (Data("\"!\"\n[1]\n".utf8), ["--json"], "a JSON string"),
        (Data("\"!\"\n\n".utf8), ["--json"], "a JSON string"),
        (Data("[3]\n[1,\n".utf8), ["--decode"], "a JSON array of ids"),
        (Data("[3]\n[1.5]\n".utf8), ["--decode"], "a JSON array of ids"),
        (Data("[3]\n[1e30]\n".utf8), ["--decode"], "a JSON array of ids"),
        (Data("[3]\n[\"!\"]\n".utf8), ["--decode"], "a JSON array of ids"),
        (Data("[3]\n[271]\n".utf8), ["--decode"], "token 271 is outside the vocabulary (0 ..< 271)"),
        (Data("[3]\n[3,-1]\n".utf8), ["--decode"], "token -1 is outside the vocabulary (0 ..< 271)"),
    ]

    /// The lines before the fault are answered.
    @Test(arguments: faults.indices) func faultsAreNamedWithTheirLine(_ index: Int) throws {
        let fault = Self.faults[index]
        let outcome = try outcome(fault.input, fault.arguments)
        #expect(outcome.status == 1)
        #expect(outcome.output == (fault.arguments == ["--decode"] ? "\"!\"\n" : "[3]\n"))
        #expect(outcome.log.hasPrefix("error: line 2 of standard input"), "\(outcome.log)")
        #expect(outcome.log.contains(fault.words), "\(outcome.log)")
    }

    @Test func wrongArgumentsAndModelsAreNamed() throws {
        #expect(try outcome("", ["--json", "--decode"]).status == 64)
        let missing = try outcome("", model: "/no/such")
        #expect(missing.status == 1 && missing.log.hasPrefix("error: /no/such does not exist"))
    }
}
