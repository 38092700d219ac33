import Foundation
import LanguageModel
import PERKModel
import Tensors
import Testing
import TinyModels

@testable import Serve

/// Serving a base model that was not meta-trained, and beginning from an adapter.
@Suite struct PlainModelTests {
    private let folder: TinyModelDirectory
    private let document: String

    init() throws {
        folder = try TinyModelDirectory()
        document = try folder.write("Zoe lives in Oslo.", to: "zoe.txt")
    }

    private func ask(_ arguments: [String]) throws -> ServeProcess.Outcome {
        try ServeProcess(
            ["ask", "--document", document, "--no-cache", "--json"] + arguments + ["Where does Zoe live?"],
            log: folder.path("log.txt")
        ).finish()
    }

    /// The directory of the tiny model without what meta-training added.
    private func plainDirectory() throws -> String {
        for file in ["perk.json", "meta.safetensors"] {
            try FileManager.default.removeItem(atPath: "\(folder.model)/\(file)")
        }
        return folder.model
    }

    @Test func aPlainModelIsServedWithAWarning() throws {
        for model in [try plainDirectory()] + TextFixture.names.map({ TextFixture.path($0) }) {
            let outcome = try ask(["--model", model])
            #expect(outcome.status == 0 && outcome.output.count { $0 == "\n" } == 1, "\(outcome)")
            #expect(outcome.log.contains("warning"))
            #expect(outcome.log.contains("\(model) has not been meta-trained"))
        }
    }

    @Test func aMetaTrainedModelIsServedWithoutOne() throws {
        let outcome = try ask(["--model", folder.model])
        #expect(outcome.status == 0 && outcome.log.isEmpty)
    }

    @Test func aStartIsServedWithItsBase() throws {
        let base = TextFixture.path("gguf-llama-q8_0"), start = folder.path("start")
        try AnsweringModel(fresh: BaseModel(path: base), configuration: .untrained)
            .writeStart(to: start, halved: true)
        let alone = try ask(["--model", start])
        #expect(alone.status == 1 && alone.log.contains("\(start)/model.gguf") && alone.log.hasSuffix("(--base)\n"))
        let other = try ask(["--model", start, "--base", TextFixture.path("gguf-gpt2-f16")])
        #expect(other.status == 1 && other.log.contains("gguf-gpt2-f16/model.gguf is another one"))
        let outcome = try ask(["--model", start, "--base", base])
        #expect(outcome.status == 0 && outcome.log.isEmpty && outcome.output.contains("Where does Zoe live?"))
    }

    /// Half of a meta-trained model is a damaged one, not a plain one.
    @Test func aPartOfWhatMetaTrainingAddedIsRefused() throws {
        for file in ["perk.json", "meta.safetensors"] {
            let folder = try TinyModelDirectory()
            try FileManager.default.removeItem(atPath: "\(folder.model)/\(file)")
            let outcome = try ask(["--model", folder.model])
            #expect(outcome.status == 1 && outcome.log.hasPrefix("error: \(folder.model)/\(file)"))
        }
    }

    @Test(arguments: ["adapter", "adapter/adapter.gguf"])
    func learningBeginsFromTheAdapter(file: String) throws {
        let model = TextFixture.path("gguf-llama-q8_0"), adapter = TextFixture.path("gguf-llama-q8_0", file)
        let options = try ServiceOptions.parse(["--model", model, "--adapter", adapter, "--no-cache"])
        let start = try options.answeringModel()
        let expected = try Adapter<Tensor<Float>>(
            path: adapter, configuration: start.learned.configuration)
        #expect(start.learned.adapter.layout == expected.layout && start.learned.adapter.tensors == expected.tensors)
        #expect(start.learned.logRates.shape == [expected.tensors.count, start.learned.innerLoop.steps])
        let without = try ask(["--model", model]), with = try ask(["--model", model, "--adapter", adapter])
        #expect(with.status == 0 && with.output.count { $0 == "\n" } == 1)
        #expect(without.status == 0 && without.output != with.output)
    }

    /// Adapters that fit neither the maps, nor the widths, nor the layers of the model; each names the file and the key.
    @Test(arguments: [
        ("gguf-gpt2-f16", "adapter_config.json", "there is no map attn.c_proj: a llama model has q_proj"),
        ("qwen2-tied", "adapter_model.safetensors", "layers.0.self_attn.q_proj.lora_A.weight"),
        ("llama-gqa-sharded", "adapter_config.json", "layer 2"),
    ])
    func anAdapterOfAnotherModelIsRefused(of other: String, file: String, key: String) throws {
        let adapter = TextFixture.path(other, "adapter")
        let outcome = try ask(["--model", TextFixture.path("gguf-llama-q8_0"), "--adapter", adapter])
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.log.hasPrefix("error: \(adapter)/\(file)"), "\(outcome.log)")
        #expect(outcome.log.contains(key), "\(outcome.log)")
    }

    @Test func whatIsExportedCanBeTheStart() throws {
        let exported = try ServeProcess(
            [
                "export", "--model", folder.model, "--no-cache", "--document", document, "--format", "peft", "--output",
                folder.path("zoe"),
            ], log: folder.path("log.txt")
        ).finish()
        #expect(exported.status == 0)
        let outcome = try ask(["--model", folder.model, "--adapter", folder.path("zoe")])
        #expect(outcome.status == 0 && outcome.log.isEmpty)
    }
}
