import AdapterStore
import Foundation
import LanguageModel
import ModelFiles
import Tensors
import Testing
import TinyModels

@testable import Serve

/// `perk-serve export`: the adapter of a learned document in the files of PEFT and of llama.cpp.
@Suite struct ExportCommandTests {
    private static let text = "Zoe lives in Oslo. She is a baker."

    private let folder: TinyModelDirectory
    private let document: String
    private let configuration: ModelConfiguration

    init() throws {
        folder = try TinyModelDirectory()
        document = try folder.write(Self.text, to: "zoe.txt")
        configuration = try ModelConfiguration(path: "\(folder.model)/config.json")
    }

    private func export(_ document: String, _ format: String, to name: String) throws -> ServeProcess.Outcome {
        try ServeProcess(
            [
                "export", "--model", folder.model, "--cache", folder.path("cache.sqlite"), "--document", document,
                "--format", format, "--output", folder.path(name),
            ], log: folder.path("log.txt")
        ).finish()
    }

    /// What the service keeps of the document.
    private func cachedAdapter() throws -> Adapter<Tensor<Float>> {
        let options = try ServiceOptions.parse(["--model", folder.model, "--cache", folder.path("cache.sqlite")])
        return try makeAnswerer(options: options)
            .adapter(document: DocumentIdentifier(of: Data(Self.text.utf8)).description)
    }

    @Test func thePEFTDirectoryHoldsTheCachedAdapter() throws {
        let outcome = try export(document, "peft", to: "zoe")
        #expect(outcome.status == 0 && outcome.output == "\(folder.path("zoe"))\n")
        let read = try Adapter<Tensor<Float>>(peftDirectory: folder.path("zoe"), configuration: configuration)
        let cached = try cachedAdapter()
        #expect(read.layout.names == cached.layout.names && read.tensors == cached.tensors)
        #expect(cached.layout.rankStabilized && !read.layout.rankStabilized)
        #expect(abs(read.layout.scale - cached.layout.scale) < 1e-12)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("zoe")).sorted() == [
                "adapter_config.json", "adapter_model.safetensors",
            ])
        let settings = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder.path("zoe/adapter_config.json"))))
        let keys = try #require(settings as? [String: Any])
        #expect(keys["base_model_name_or_path"] as? String == folder.model)
        #expect(keys["peft_type"] as? String == "LORA" && keys["use_rslora"] as? Bool == false)
    }

    @Test func theGGUFFileSaysWhatItHolds() throws {
        #expect(try export(document, "gguf", to: "zoe.gguf").status == 0)
        let file = try GGUFFile(path: folder.path("zoe.gguf"))
        #expect(file.metadata["general.type"]?.string == "adapter")
        #expect(file.metadata["general.architecture"]?.string == "llama")
        #expect(file.metadata["adapter.type"]?.string == "lora")
        // Rank 2 and α = 4, rank-stabilized: the scale 4/√2 is that of the plain rule with α = 4·√2.
        let alpha = try #require(file.metadata["adapter.lora.alpha"]?.float)
        #expect(abs(alpha - 4 * 2.0.squareRoot()) < 1e-6)
        let shapes: [(name: String, output: Int, input: Int)] = [
            ("attn_q", 16, 16), ("attn_k", 16, 16), ("attn_v", 16, 16), ("attn_output", 16, 16), ("ffn_gate", 24, 16),
            ("ffn_up", 24, 16), ("ffn_down", 16, 24),
        ]
        #expect(
            file.names
                == shapes.flatMap { ["blk.0.\($0.name).weight.lora_a", "blk.0.\($0.name).weight.lora_b"] }.sorted())
        for (name, output, input) in shapes {
            #expect(try file.entry("blk.0.\(name).weight.lora_a").shape == [2, input])
            #expect(try file.entry("blk.0.\(name).weight.lora_b").shape == [output, 2])
            #expect(try file.entry("blk.0.\(name).weight.lora_a").format == .float32)
        }
    }

    /// Two heads of width 8: llama.cpp rotates neighbours, Hugging Face a row and the one four further on.
    @Test func theRowsOfQueriesAndKeysStandAsInTheBaseModelsFile() throws {
        let order = [0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15]
        #expect(try export(document, "gguf", to: "zoe.gguf").status == 0)
        let file = try GGUFFile(path: folder.path("zoe.gguf"))
        let adapter = try cachedAdapter()
        let maps: [(map: LinearMap, name: String, order: [Int])] = [
            (.query, "attn_q", order), (.key, "attn_k", order), (.value, "attn_v", Array(0..<16)),
            (.output, "attn_output", Array(0..<16)), (.down, "ffn_down", Array(0..<16)),
        ]
        for (map, name, order) in maps {
            let pair = try #require(adapter[0, map])
            #expect(try file.floats("blk.0.\(name).weight.lora_a") == pair.a.scalars)
            let b = pair.b.scalars
            #expect(
                try file.floats("blk.0.\(name).weight.lora_b") == order.flatMap { [b[2 * $0], b[2 * $0 + 1]] },
                "\(name)")
            #expect(b.contains { $0 != 0 })
        }
    }

    @Test func aLearnedDocumentIsExportedByItsIdentifier() throws {
        let identifier = DocumentIdentifier(of: Data(Self.text.utf8)).description
        let unknown = try export(identifier, "peft", to: "zoe")
        #expect(unknown.status == 1 && unknown.output.isEmpty)
        #expect(unknown.log.hasPrefix("error: no document \(identifier) is known"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("zoe")))
        #expect(try export(document, "peft", to: "zoe").status == 0)
        #expect(try export(identifier, "peft", to: "again").status == 0)
        for file in ["adapter_config.json", "adapter_model.safetensors"] {
            let paths = ["zoe", "again"].map { folder.path("\($0)/\(file)") }
            #expect(FileManager.default.contentsEqual(atPath: paths[0], andPath: paths[1]))
        }
    }

    @Test func faultsAreNamed() throws {
        let faults: [(document: String, format: String, output: String, status: Int32, words: String)] = [
            ("/no/such.txt", "peft", "zoe", 1, "/no/such.txt cannot be read"),
            ("sha256:12", "peft", "zoe", 1, "no document sha256:12 is known"),
            (try folder.write(" \n", to: "empty.txt"), "gguf", "zoe.gguf", 1, "the document is empty"),
            (document, "onnx", "zoe.onnx", 64, "--format"),
            (document, "gguf", "no/such/zoe.gguf", 1, "no/such/zoe.gguf"),
            (document, "peft", "zoe.txt", 1, "zoe.txt"),
        ]
        for (document, format, output, status, words) in faults {
            let outcome = try export(document, format, to: output)
            #expect(outcome.status == status && outcome.output.isEmpty, "\(document), \(format)")
            #expect(outcome.log.hasPrefix("error: ") && outcome.log.contains(words), "\(outcome.log)")
        }
        #expect(try String(contentsOfFile: document, encoding: .utf8) == Self.text)
    }
}
