import Foundation
import ModelFiles
import SeededRandom
import Tensors
import Testing

@testable import LanguageModel

/// Adapters in GGUF, against the PEFT adapters that they were written from (Fixtures/families/record_gguf_adapters.py).
@Suite struct GGUFAdapterTests {
    private let folder: TemporaryFolder
    private let fixture: FamilyFixture

    init() throws {
        folder = try TemporaryFolder()
        fixture = try FamilyFixture("gguf-llama-q8_0")
    }

    private func adapter(at path: String, of fixture: FamilyFixture) throws -> Adapter<Tensor<Float>> {
        try Adapter(path: path, configuration: fixture.configuration)
    }

    @Test(arguments: FamilyFixture.names.filter { $0.hasPrefix("gguf-") })
    func adaptersAreThoseThatTheyWereWrittenFrom(_ name: String) throws {
        let fixture = try FamilyFixture(name)
        let expected = try adapter(at: fixture.adapterDirectory, of: fixture)
        let found = try adapter(at: "\(fixture.adapterDirectory)/adapter.gguf", of: fixture)
        #expect(found.layout.entries == expected.layout.entries && found.layout.rank == expected.layout.rank)
        #expect(abs(found.layout.scale - expected.layout.scale) < 1e-6)
        for (one, other) in zip(found.tensors, expected.tensors) {
            #expect(one.shape == other.shape)
            // One of the files has 16 bits.
            let isHalf = name == "gguf-qwen2-f32"
            #expect(
                zip(one.scalars, other.scalars).allSatisfy { isHalf ? $0 == Float(Float16($1)) : $0 == $1 }, "\(name)")
        }
    }

    @Test(arguments: ["llama-gqa-tied", "gpt2-tied", "qwen2-tied"])
    func whatIsWrittenIsReadBack(_ name: String) throws {
        let fixture = try FamilyFixture(name), configuration = fixture.configuration
        let layout = AdapterLayout(
            rank: 3, alpha: 5, rankStabilized: true, layers: [configuration.layers - 1], configuration: configuration)
        var random = RandomSource(seed: 3)
        let written = Adapter<Tensor<Float>>(layout: layout, standardDeviationOfB: 0.3, using: &random)
        let path = "\(folder.path)/adapter.gguf"
        try written.writeGGUF(to: path, configuration: configuration)
        let read = try adapter(at: path, of: fixture)
        #expect(read.tensors == written.tensors && read.layout.entries == layout.entries)
        #expect(abs(read.layout.scale - layout.scale) < 1e-6)
    }

    // MARK: - What does not fit

    /// What reading a file says that has these metadata besides the usual ones, and these tensors.
    private func refusal(
        _ metadata: [String: GGUFValue] = [:], _ tensors: [String: [Int]], without key: String? = nil
    ) throws -> String {
        var all: [String: GGUFValue] = [
            "general.type": .string("adapter"), "general.architecture": .string("llama"),
            "adapter.type": .string("lora"), "adapter.lora.alpha": .float32(4),
        ].merging(metadata) { $1 }
        if let key { all[key] = nil }
        let path = "\(folder.path)/adapter.gguf"
        try GGUFWriter(
            metadata: all,
            tensors: tensors.sorted { $0.key < $1.key }.map {
                GGUFTensor(name: $0.key, Tensor<Float>(zeros: $0.value))
            }
        ).write(to: path)
        let error = #expect(throws: (any Error).self) { try adapter(at: path, of: fixture) }
        return error.map { "\($0)" } ?? ""
    }

    /// A [2, 32] and B [32, 2] of a layer's queries.
    private func queries(layer: Int, rank: Int = 2) -> [String: [Int]] {
        let name = "blk.\(layer).attn_q.weight"
        return ["\(name).lora_a": [rank, 32], "\(name).lora_b": [32, rank]]
    }

    @Test func whatDoesNotFitIsNamed() throws {
        let fitting = queries(layer: 0)
        #expect(fixture.configuration.width == 32 && fixture.configuration.layers == 2)
        let cases: [(found: String, parts: [String])] = [
            (try refusal(["general.type": .string("model")], fitting), ["is no adapter"]),
            (try refusal(["adapter.type": .string("loha")], fitting), ["adapter.type is loha"]),
            (try refusal(fitting, without: "adapter.type"), ["adapter.type"]),
            (try refusal(["general.architecture": .string("qwen2")], fitting), ["qwen2", "llama"]),
            (
                try refusal(["adapter.alora.invocation_tokens": .strings(["x"])], fitting),
                ["adapter.alora.invocation_tokens is set"]
            ),
            (try refusal(["adapter.lora.alpha": .float32(-1)], fitting), ["adapter.lora.alpha is -1"]),
            (try refusal([:]), ["holds no tensors"]),
            (
                try refusal(fitting.merging(["token_embd.weight.lora_a": [2, 32]]) { $1 }),
                ["token_embd.weight.lora_a has no place"]
            ),
            (try refusal(queries(layer: 7)), ["blk.7.attn_q.weight.lora_a has no place", "2 layers"]),
            (try refusal(["blk.0.attn_q.weight": [32, 32]]), ["blk.0.attn_q.weight has no place"]),
            (try refusal(fitting.filter { $0.key.hasSuffix("a") }), ["blk.0.attn_q.weight.lora_b is missing"]),
            (
                try refusal(fitting.merging(queries(layer: 1, rank: 3)) { $1 }),
                ["blk.1.attn_q.weight.lora_a has the rank 3, others have 2"]
            ),
            (
                try refusal(
                    fitting.merging([
                        "blk.1.attn_k.weight.lora_a": [2, 32], "blk.1.attn_k.weight.lora_b": [16, 2],
                    ]) { $1 }), ["blk.0.attn_k.weight.lora_a is missing"]
            ),
            (
                try refusal(["blk.0.attn_q.weight.lora_a": [2, 16], "blk.0.attn_q.weight.lora_b": [32, 2]]),
                ["blk.0.attn_q.weight.lora_a has shape [2, 16]"]
            ),
        ]
        for (found, parts) in cases {
            for part in parts { #expect(found.contains(part), "\(found)") }
        }
    }

    private func refusal(_ tensors: [String: [Int]], without key: String? = nil) throws -> String {
        try refusal([:], tensors, without: key)
    }

    /// As llama.cpp has it.
    @Test func withoutAlphaTheScaleIsOne() throws {
        for alpha: Float? in [nil, 0] {
            var metadata: [String: GGUFValue] = [
                "general.type": .string("adapter"), "general.architecture": .string("llama"),
                "adapter.type": .string("lora"), "adapter.lora.task_name": .string("qa"),
            ]
            metadata["adapter.lora.alpha"] = alpha.map(GGUFValue.float32)
            let path = "\(folder.path)/adapter.gguf"
            try GGUFWriter(
                metadata: metadata,
                tensors: queries(layer: 1).sorted { $0.key < $1.key }.map {
                    GGUFTensor(name: $0.key, Tensor<Float>(zeros: $0.value))
                }
            ).write(to: path)
            let read = try adapter(at: path, of: fixture)
            #expect(read.layout.scale == 1 && read.layout.layers == [1] && read.layout.maps == [.query])
        }
    }

    /// Damage is refused or changes numbers, and never ends the program.
    @Test func damagedFilesDoNotEndTheProgram() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: "\(fixture.adapterDirectory)/adapter.gguf"))
        var random = RandomSource(seed: 11)
        var refused = 0
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0..<(1 + Int(random.next() % 3)) {
                let place = random.integer(in: 0...min(1200, damaged.count - 1))
                damaged[place] = UInt8(truncatingIfNeeded: random.next())
            }
            do {
                _ = try Adapter<Tensor<Float>>(
                    gguf: GGUFFile(data: damaged), configuration: fixture.configuration)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100)
    }

    @Test func whatIsNeitherIsRefused() throws {
        let text = "\(folder.path)/adapter.txt"
        try Data("no adapter".utf8).write(to: URL(fileURLWithPath: text))
        #expect(throws: GGUFError.self) { try adapter(at: text, of: fixture) }
        #expect(throws: GGUFError.self) { try adapter(at: "\(folder.path)/none.gguf", of: fixture) }
        #expect(throws: AdapterFileError.self) { try adapter(at: "\(folder.path)/none", of: fixture) }
    }
}
