import Foundation
import JSONRPC
import Testing
import TinyModels

/// `perk-serve generate` on models whose continuations transformers and PEFT computed.
@Suite struct GenerateCommandTests {
    private let folder: TinyModelDirectory

    init() throws {
        folder = try TinyModelDirectory()
    }

    private func outcome(_ model: String, _ arguments: [String]) throws -> ServeProcess.Outcome {
        try ServeProcess(["generate", "--model", model] + arguments, log: folder.path("log.txt")).finish()
    }

    @Test(arguments: TextFixture.names) func theTextIsThatOfTransformers(_ name: String) throws {
        let fixture = try TextFixture(name)
        let count = String(fixture.base.ids.count)
        let plain = try outcome(TextFixture.path(name), ["--prompt", fixture.prompt, "--tokens", count])
        #expect(plain.status == 0 && plain.log.isEmpty)
        #expect(Array(plain.output.utf8) == Array("\(fixture.base.text)\n".utf8))
    }

    /// Any of the files opens the model.
    @Test(arguments: 1...3) func aModelInSeveralFilesIsOne(part: Int) throws {
        let fixture = try TextFixture("gguf-llama-q8_0")
        let model = TextFixture.fixtures.appendingPathComponent("gguf/split/model-0000\(part)-of-00003.gguf").path
        let plain = try outcome(model, ["--prompt", fixture.prompt, "--tokens", String(fixture.base.ids.count)])
        #expect(plain.status == 0 && plain.log.isEmpty, "\(plain.log)")
        #expect(Array(plain.output.utf8) == Array("\(fixture.base.text)\n".utf8))
        let lonely = folder.path("model-0000\(part)-of-00003.gguf")
        try FileManager.default.copyItem(atPath: model, toPath: lonely)
        let refused = try outcome(lonely, ["--prompt", fixture.prompt])
        #expect(refused.status == 1 && refused.log.contains("of-00003.gguf is missing"), "\(refused.log)")
    }

    /// PEFT's directory, and the file that llama.cpp has in its place.
    @Test(arguments: TextFixture.names, ["adapter", "adapter/adapter.gguf"])
    func anAdapterChangesTheText(_ name: String, file: String) throws {
        let fixture = try TextFixture(name)
        let adapted = try outcome(
            TextFixture.path(name),
            [
                "--prompt", fixture.prompt, "--tokens", String(fixture.adapter.ids.count), "--adapter",
                TextFixture.path(name, file),
            ])
        #expect(adapted.status == 0 && adapted.log.isEmpty)
        #expect(Array(adapted.output.utf8) == Array("\(fixture.adapter.text)\n".utf8))
    }

    @Test func jsonTellsTheTokensAndTheirProbability() throws {
        let fixture = try TextFixture("gguf-llama-q8_0")
        let arguments = ["--prompt", fixture.prompt, "--tokens", "3", "--json"]
        let outcome = try outcome(TextFixture.path("gguf-llama-q8_0"), arguments)
        #expect(outcome.status == 0 && outcome.output.count { $0 == "\n" } == 1)
        let report = try JSONParser.parse(Array(outcome.output.dropLast().utf8))
        guard case .object(let members) = report else {
            Issue.record("\(report)")
            return
        }
        #expect(members.map(\.name).sorted() == ["finish", "log_probability", "prompt_tokens", "text", "tokens"])
        #expect(report["prompt_tokens"] == .array(fixture.ids.map { .integer($0) }))
        #expect(report["tokens"] == .array(fixture.base.ids.prefix(3).map { .integer($0) }))
        #expect(report["finish"] == "length")
        #expect(report["text"] == .string("pCM"))
    }

    @Test func theSeedDecidesWhatIsDrawn() throws {
        func text(_ seed: Int) throws -> String {
            let drawn = try outcome(
                TextFixture.path("gguf-gpt2-f16"),
                ["--prompt", "the", "--temperature", "1.5", "--top-p", "0.9", "--seed", String(seed)])
            #expect(drawn.status == 0)
            return drawn.output
        }
        #expect(try text(1) == text(1))
        #expect(try text(1) != text(2))
    }

    /// Both a meta-trained directory and one of Hugging Face's files are models.
    @Test func everyKindOfModelIsRead() throws {
        for model in [folder.model, TextFixture.path("gguf-qwen2-f32", "")] {
            let outcome = try outcome(model, ["--prompt", "Zoe", "--tokens", "2"])
            #expect(outcome.status == 0 && outcome.output.hasSuffix("\n"))
        }
    }

    @Test(arguments: [
        ["--tokens", "0"], ["--tokens", "1000001"], ["--tokens=-1"], ["--tokens", "x"], ["--temperature=-0.1"],
        ["--temperature", "nan"], ["--temperature", "inf"], ["--top-p", "0"], ["--top-p", "1.01"], ["--top-p", "nan"],
        ["--seed=-1"], ["--seed", "18446744073709551616"],
    ])
    func wrongValuesAreNamed(arguments: [String]) throws {
        let outcome = try outcome(TextFixture.path("gguf-gpt2-f16"), ["--prompt", "the"] + arguments)
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(outcome.log.hasPrefix("error: ") && outcome.log.contains(arguments[0].prefix { $0 != "=" }))
    }

    @Test func aPromptIsNeeded() throws {
        let model = TextFixture.path("gguf-gpt2-f16")
        #expect(try outcome(model, []).status == 64)
        let empty = try outcome(model, ["--prompt", ""])
        #expect(empty.status == 64 && empty.log.contains("--prompt is empty"))
    }

    @Test func aPromptThatFillsTheModelIsRefused() throws {
        let prompt = String(repeating: "x", count: 32)
        let outcome = try outcome(TextFixture.path("gguf-gpt2-f16"), ["--prompt", prompt])
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.log.hasPrefix("error: ") && outcome.log.contains("32 tokens and the limit is 31"))
    }

    @Test func missingAndDamagedFilesAreNamed() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: TextFixture.path("gguf-gpt2-f16")))
        let damaged = folder.path("damaged.gguf")
        for length in [0, 3, 1000, whole.count / 2] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: damaged))
            let outcome = try outcome(damaged, ["--prompt", "the"])
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.log.hasPrefix("error: \(damaged)"), "\(length) bytes: \(outcome.log)")
        }
        let missing = try outcome("/no/such.gguf", ["--prompt", "the"])
        #expect(missing.status == 1 && missing.log.hasPrefix("error: /no/such.gguf does not exist"))
        let adapter = try outcome(
            TextFixture.path("gguf-gpt2-f16"), ["--prompt", "the", "--adapter", folder.path("none")])
        #expect(adapter.status == 1 && adapter.log.hasPrefix("error: \(folder.path("none"))/adapter_config.json"))
    }
}
