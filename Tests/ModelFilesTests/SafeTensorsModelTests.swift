import Foundation
import Tensors
import Testing

@testable import ModelFiles

/// A model's tensors, in one file or distributed over shards.
@Suite final class SafeTensorsModelTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write("model-00001-of-00002.safetensors", ["a": [1, 2], "b": [3, 4, 5, 6]])
        try write("model-00002-of-00002.safetensors", ["c": [7, 8]])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Matrices of rows of two.
    private func write(_ name: String, _ tensors: [String: [Float]]) throws {
        let tensors = tensors.map {
            SafeTensorsTensor(name: $0.key, shape: [$0.value.count / 2, 2], scalars: .floats($0.value))
        }
        try SafeTensorsWriter(tensors: tensors).write(to: folder.appendingPathComponent(name).path)
    }

    private var index: URL { folder.appendingPathComponent("model.safetensors.index.json") }

    private func writeIndex(_ json: String) throws { try Data(json.utf8).write(to: index) }

    private func writeIndex(_ map: [String: String]) throws {
        try JSONEncoder().encode(["weight_map": map]).write(to: index)
    }

    private static let whole = [
        "a": "model-00001-of-00002.safetensors", "b": "model-00001-of-00002.safetensors",
        "c": "model-00002-of-00002.safetensors",
    ]

    private func failure() -> SafeTensorsError? {
        #expect(throws: SafeTensorsError.self) { try SafeTensorsModel(folder: folder.path) }
    }

    @Test func tensorsAreFoundInTheirShards() throws {
        try writeIndex(
            #"{"metadata": {"total_size": 32}, "weight_map": {"a": "model-00001-of-00002.safetensors","#
                + #" "b": "model-00001-of-00002.safetensors", "c": "model-00002-of-00002.safetensors"}}"#)
        let model = try SafeTensorsModel(folder: folder.path)
        #expect(model.names == ["a", "b", "c"])
        #expect(model.contains("c") && !model.contains("d"))
        #expect(try model.floats("b") == [3, 4, 5, 6])
        #expect(try model.floats("c") == [7, 8])
        #expect(try model.matrix("b").dequantized() as Tensor<Float> == Tensor([3, 4, 5, 6], shape: [2, 2]))
        #expect(try model.shard(holding: "c").file.hasSuffix("/model-00002-of-00002.safetensors"))
        #expect(throws: SafeTensorsError(file: index.path, tensor: "d", problem: .missing)) { try model.floats("d") }
    }

    @Test func theSingleFileIsPreferred() throws {
        try write("model.safetensors", ["a": [9, 9]])
        try writeIndex(Self.whole)
        let model = try SafeTensorsModel(folder: folder.path)
        #expect(model.names == ["a"])
        #expect(try model.floats("a") == [9, 9])
    }

    @Test func aFolderWithoutModelIsNamed() {
        let failure = failure()
        #expect(failure?.file == folder.appendingPathComponent("model.safetensors").path)
        guard case .unreadable = failure?.problem else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"weight_map": ["a"]}"#, #"{"weight_map": {"a": 1}}"#])
    func otherJSONIsRefused(json: String) throws {
        try writeIndex(json)
        guard case .index = failure()?.problem else {
            Issue.record("\(json)")
            return
        }
    }

    @Test func shardsElsewhereAreRefused() throws {
        for name in ["", ".", "..", "../x.safetensors", "/etc/passwd", "sub/x.safetensors", "x\0.safetensors"] {
            try writeIndex(["a": name])
            #expect(failure() == SafeTensorsError(file: index.path, problem: .shardElsewhere(name)))
        }
    }

    @Test func missingShardsAndTensorsAreNamed() throws {
        try writeIndex(Self.whole.merging(["d": "model-00003-of-00003.safetensors"]) { $1 })
        #expect(failure()?.file.hasSuffix("/model-00003-of-00003.safetensors") == true)
        // A tensor that no one asks for may be missing.
        try writeIndex(Self.whole.merging(["c": "model-00001-of-00002.safetensors"]) { $1 })
        let model = try SafeTensorsModel(folder: folder.path)
        #expect(try model.floats("b") == [3, 4, 5, 6] && !model.contains("c"))
        let missing = #expect(throws: SafeTensorsError.self) { try model.floats("c") }
        #expect(missing?.file.hasSuffix("/model-00001-of-00002.safetensors") == true)
        #expect(missing?.tensor == "c" && missing?.problem == .missing)
    }

    @Test func damagedShardsAreRefused() throws {
        try writeIndex(Self.whole)
        let shard = folder.appendingPathComponent("model-00002-of-00002.safetensors")
        let bytes = try Data(contentsOf: shard)
        for length in 0..<bytes.count {
            try bytes.prefix(length).write(to: shard)
            guard case .truncated = failure()?.problem else {
                Issue.record("\(length) bytes")
                continue
            }
        }
    }

    /// Every byte of the index in turn: either a typed error or a model that can be read.
    @Test func changedBytesOfTheIndexNeverTrap() throws {
        try writeIndex(Self.whole)
        let original = try Data(contentsOf: index)
        var refused = 0
        for position in 0..<original.count {
            var bytes = original
            bytes[position] ^= 0x81
            try bytes.write(to: index)
            do {
                let model = try SafeTensorsModel(folder: folder.path)
                for name in model.names { _ = try model.floats(name) }
            } catch is SafeTensorsError {
                refused += 1
            }
        }
        #expect(refused > original.count / 2)
    }

    @Test func onlyMatricesOfFloatsAreMatrices() throws {
        let file = try SafeTensorsTests.fixture("readable.safetensors")
        #expect(
            try file.matrix("half").dequantized() as Tensor<Float> == Tensor(try file.floats("half"), shape: [3, 3]))
        #expect(try file.matrix("half").format == .float16)
        #expect(try file.matrix("empty").shape == [0, 4])
        func problem(_ name: String) -> SafeTensorsError.Problem? {
            #expect(throws: SafeTensorsError.self) { try file.matrix(name) }?.problem
        }
        #expect(problem("brain") == .notAMatrix([2, 2, 2]))
        #expect(problem("scalar") == .notAMatrix([]))
    }
}
