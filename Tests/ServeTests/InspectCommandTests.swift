import Foundation
import ModelFiles
import PERKModel
import JSONRPC
import StrictJSON
import Tensors
import Testing
import TinyModels

@testable import Serve

/// `perk-serve inspect` as a person and a program see it.
@Suite struct InspectCommandTests {
    private let folder: TinyModelDirectory

    init() throws { folder = try TinyModelDirectory() }

    private static func fixture(_ path: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/\(path)").path
    }

    private func outcome(_ arguments: String...) throws -> ServeProcess.Outcome {
        try ServeProcess(["inspect"] + arguments, log: folder.path("log.txt")).finish()
    }

    private func json(_ path: String, _ options: String...) throws -> JSONValue {
        let outcome = try ServeProcess(["inspect", path, "--json"] + options, log: folder.path("log.txt")).finish()
        #expect(outcome.status == 0 && outcome.log.isEmpty && outcome.output.count { $0 == "\n" } == 1)
        return try JSONParser.parse(Array(outcome.output.utf8))
    }

    /// Embedding and head 61 · 16 each; each of 3 layers 2 · 16 · 16 for q and o, 2 · 8 · 16 for k and v, 3 · 24 · 16 in
    /// the feed-forward part, 2 · 16 for norms; 16 for the last norm.
    private static let shardedParameters = 2 * 61 * 16 + 3 * (2 * 256 + 2 * 128 + 3 * 384 + 32) + 16

    @Test func modelInSeveralFiles() throws {
        let whole = try json(Self.fixture("families/gguf-llama-q8_0/model.gguf"))
        for part in 1...3 {
            let found = try json(Self.fixture("gguf/split/model-0000\(part)-of-00003.gguf"))
            #expect(found["kind"] == "model" && found["totals"] == whole["totals"] && found["totals"] != nil)
        }
    }

    @Test func shardedModel() throws {
        let path = Self.fixture("families/llama-gqa-sharded")
        let found = try json(path)
        #expect(found["kind"] == "model" && found["path"] == .string(path))
        let totals: JSONValue = [
            "tensors": .integer(30), "parameters": .integer(Self.shardedParameters),
            "bytes": .integer(4 * Self.shardedParameters), "types": ["F32": .integer(30)],
        ]
        #expect(found["totals"] == totals)
        #expect(found["settings"]?["config.json"]?["rope_scaling"] == .null)
        guard case .array(let tensors) = found["tensors"] else {
            Issue.record("no tensors")
            return
        }
        let query = tensors.first { $0["name"] == "model.layers.0.self_attn.k_proj.weight" }
        #expect(query?["shape"] == [.integer(8), .integer(16)] && query?["bytes"] == .integer(512))
        #expect(query?["file"] == "model-00001-of-00003.safetensors" && query?["statistics"] == .null)
        let text = try outcome(path).output
        let total = "30 tensors (30 F32), \(Self.shardedParameters) parameters, 31296 bytes (31.3 kB)"
        #expect(text.contains("\ntotal: \(total)\n"))
        #expect(text.contains("\n  this program cannot use it: ") && text.contains("tokenizer.json"))
        #expect(text.contains("\n  model.layers.0.self_attn.k_proj.weight          F32   [8, 16]     512\n"))
    }

    @Test func metaTrainedModel() throws {
        let outcome = try outcome(folder.model, "--no-tensors")
        let lines = outcome.output.split(separator: "\n")
        #expect(outcome.status == 0 && lines.first == "meta-trained model: \(folder.model)")
        let expected = [
            "  rank     2", "  layers   0", "  step 2  0.01  0.01     0.01", "  inner.steps                2",
        ]
        for line in expected { #expect(lines.contains { $0 == line }, "\(line)") }
        #expect(!outcome.output.contains("this program cannot use it") && !outcome.output.contains("log_rates"))
        let found = try json(folder.model, "--no-tensors")
        #expect(found["tensors"] == [] && found["problem"] == .null && found["adapter"]?["rank"] == .integer(2))
    }

    /// Against sums over all numbers at once.
    @Test func statisticsOfChosenTensors() throws {
        let path = Self.fixture("families/gguf-gpt2-f16")
        let found = try json(path, "--statistics", "--tensors", "blk.1.attn_q*")
        guard case .array(let tensors) = found["tensors"] else {
            Issue.record("no tensors")
            return
        }
        #expect(tensors.map { $0["name"] } == ["blk.1.attn_qkv.bias", "blk.1.attn_qkv.weight"])
        let numbers = try GGUFFile(path: "\(path)/model.gguf").floats("blk.1.attn_qkv.weight").map(Double.init)
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
        let statistics = tensors.last?["statistics"]
        for (name, expected) in [("mean", mean), ("standard_deviation", variance.squareRoot())] {
            guard case .number(let value) = statistics?[name] else {
                Issue.record("no \(name)")
                continue
            }
            #expect(abs(value - expected) < 1e-9)
        }
        #expect(statistics?["non_finite"] == .integer(0))
    }

    @Test func numbersThatAreNotFiniteAreCounted() throws {
        try SafeTensorsWriter(tensors: [
            SafeTensorsTensor(name: "x", shape: [4], scalars: .floats([1, .nan, 3, -.infinity])),
            SafeTensorsTensor(name: "y", shape: [1], scalars: .floats([.nan])),
            SafeTensorsTensor(name: "z", shape: [1], scalars: .int64s([1])),
        ]).write(to: folder.path("x.safetensors"))
        let rows = try outcome(folder.path("x.safetensors"), "--statistics").output.split(separator: "\n")
            .map { $0.split(separator: " ") }
        #expect(rows.contains(["x", "F32", "[4]", "16", "2", "1", "1", "3", "2"]))
        #expect(rows.contains(["y", "F32", "[1]", "4", "-", "-", "-", "-", "1"]))
        #expect(rows.contains(["z", "I64", "[1]", "8", "-", "-", "-", "-", "-"]))
        let found = try json(folder.path("x.safetensors"), "--statistics", "--tensors", "y")
        guard case .array(let tensors) = found["tensors"] else {
            Issue.record("no tensors")
            return
        }
        #expect(tensors[0]["statistics"]?["mean"] == .null && tensors[0]["statistics"]?["non_finite"] == .integer(1))
    }

    /// Long and hostile texts: short and harmless for people, whole for programs.
    @Test func textsAreCutForPeopleOnly() throws {
        let template = "\u{1B}[2J\n" + String(repeating: "x", count: 1_000_000)
        let words = (0..<5000).map { "word\($0)" }
        try GGUFWriter(
            metadata: [
                "general.architecture": .string("unheard-of"), "tokenizer.chat_template": .string(template),
                "words": .strings(words), "n.floats": .float32s([.nan, 0.1]),
            ],
            tensors: [GGUFTensor(name: "a\u{7}b", Tensor<Float>([1], shape: [1]))]
        ).write(to: folder.path("x.gguf"))
        let outcome = try outcome(folder.path("x.gguf"))
        #expect(outcome.status == 0 && outcome.output.utf8.count < 2000)
        #expect(!outcome.output.contains("\u{1B}") && !outcome.output.contains("\u{7}"))
        let expected = [
            #"\u{1b}[2J\nxxx"#, "x…\n", #"[5000 strings] "word0", "word1", "word2", "word3", …"#, "[nan, 0.1]",
            #"a\u{7}b"#, "\"unheard-of\" is not supported here",
        ]
        for text in expected { #expect(outcome.output.contains(text), "\(text)") }
        let settings = try json(folder.path("x.gguf"))["settings"]?["x.gguf, metadata"]
        #expect(settings?["tokenizer.chat_template"] == .string(template))
        #expect(settings?["words"] == .array(words.map { .string($0) }))
        #expect(settings?["n.floats"] == [.null, .number(0.1)])
    }

    @Test func faultsAreNamed() throws {
        let damaged = folder.path("damaged.gguf")
        try Data(contentsOf: URL(fileURLWithPath: Self.fixture("gguf/readable.gguf"))).prefix(1000)
            .write(to: URL(fileURLWithPath: damaged))
        let paths = [(damaged, "needs"), ("/no/such/model", "does not exist"), (Self.fixture("demo"), "config.json")]
        for (path, words) in paths {
            for options in [[], ["--json"]] {
                let outcome = try ServeProcess(["inspect", path] + options, log: folder.path("log.txt")).finish()
                #expect(outcome.status == 1 && outcome.output.isEmpty)
                #expect(outcome.log.hasPrefix("error: ") && outcome.log.contains(words), "\(outcome.log)")
            }
        }
        for arguments in [["y"], ["--no-tensors", "--statistics"], ["--no-tensors", "--tensors", "x"]] {
            let outcome = try ServeProcess(["inspect", "x"] + arguments, log: folder.path("log.txt")).finish()
            #expect(outcome.status == 64 && outcome.output.isEmpty)
        }
    }
}
