import Foundation
import Tensors
import Testing

@testable import ModelFiles

/// Reading and writing, against files written by the format's reference implementation.
@Suite struct GGUFTests {
    static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/gguf")

    static func fixture(_ name: String) throws -> GGUFFile {
        try GGUFFile(path: fixtures.appendingPathComponent(name).path)
    }

    @Test func everyTypeOfValueIsRead() throws {
        let file = try Self.fixture("readable.gguf")
        #expect(try file.value("general.architecture", \.string) == "test")
        let integers: [(String, Int, Int)] = [
            ("uint8", 0, 200), ("int8", -128, 5), ("uint16", 60000, 1), ("int16", -30000, 2),
            ("uint32", 4_000_000_000, 3), ("int32", -2_000_000_000, 4), ("int64", .min, 6),
        ]
        for (type, first, second) in integers {
            #expect(try file.value("one.\(type)", \.integer) == first)
            #expect(try file.value("many.\(type)", \.integers) == [first, second])
        }
        #expect(try file.value("one.float32", \.float) == Double(Float(0.1)))
        #expect(try file.value("many.float32", \.floats) == [Double(Float(0.1)), Double(Float(-1e30))])
        #expect(try file.value("one.float64", \.float) == 0.1)
        #expect(try file.value("many.float64", \.floats) == [0.1, -1e300])
        #expect(try file.value("one.bool", \.bool) == true)
        #expect(try file.value("one.string", \.string) == "Ünlaut \"\\\n")
        #expect(try file.value("many.string", \.strings) == ["Ünlaut \"\\\n", ""])
        #expect(file.metadata["many.bool"]?.count == 2)
        #expect(file.metadata["many.nested"]?.elementType == .array)
    }

    @Test func valuesOfAnotherKindAreRefused() throws {
        let file = try Self.fixture("readable.gguf")
        func problem<Value>(_ key: String, _ kind: KeyPath<GGUFValue, Value?>) -> GGUFError.Problem? {
            #expect(throws: GGUFError.self) { try file.value(key, kind) }?.problem
        }
        #expect(problem("one.uint64", \.integer) == .wrongType(found: "a uint64"))
        #expect(problem("many.uint64", \.integers) == .wrongType(found: "an array of 2 uint64"))
        #expect(problem("many.int8", \.integer) == .wrongType(found: "an array of 2 int8"))
        #expect(problem("one.int8", \.integers) == .wrongType(found: "a int8"))
        #expect(problem("one.int8", \.float) == .wrongType(found: "a int8"))
        #expect(problem("one.int8", \.bool) == .wrongType(found: "a int8"))
        #expect(problem("many.string", \.string) == .wrongType(found: "an array of 2 string"))
        #expect(problem("many.nested", \.integers) == .wrongType(found: "an array of 2 array"))
        #expect(problem("llama.block_count", \.integer) == .missing)
    }

    @Test func tensorsOfEveryFormatAreRead() throws {
        let file = try Self.fixture("readable.gguf")
        #expect(file.names == ["bf16", "f16", "f32", "q4_0", "q4_1", "q4_K", "q6_K", "q8_0", "vector"])
        #expect(file.contains("q4_K") && !file.contains("Q4_K"))
        func check(_ name: String, _ format: QuantizationFormat, _ shape: [Int], _ values: [Float]) throws {
            let entry = try file.entry(name)
            #expect(entry.format == format && entry.shape == shape)
            #expect(try file.floats(name) == values)
            if shape.count == 2 {
                #expect(try file.matrix(name).dequantized() as Tensor<Float> == Tensor(values, shape: shape))
            }
        }
        let upwards = (0..<6).map(Float.init)
        try check("vector", .float32, [3], [0.1, -1e30, 0x1p-149])
        try check("f32", .float32, [2, 3], upwards)
        try check("f16", .float16, [3, 2], upwards)
        try check("bf16", .bfloat16, [1, 6], upwards)
        try check("q4_0", .q4_0, [2, 32], (0..<64).map { Float($0 % 16 - 8) })
        try check("q4_1", .q4_1, [2, 32], (0..<64).map { Float($0 % 16) })
        try check("q8_0", .q8_0, [2, 2, 32], (0..<128).map { $0 % 32 == 0 ? 127 : Float($0 - 64) })
        try check("q4_K", .q4_K, [1, 256], (0..<256).map { $0 / 32 % 2 == 0 ? 1 : 2 })
        try check("q6_K", .q6_K, [1, 256], (0..<256).map { Float(32 * ($0 / 16)) })
        #expect(throws: GGUFError(file: file.file, name: "vector", problem: .notAMatrix([3]))) {
            try file.matrix("vector")
        }
        #expect(throws: GGUFError(file: file.file, name: "output", problem: .missing)) { try file.floats("output") }
    }

    /// What Fixtures/gguf/generate.py writes as writable.gguf.
    private func writable() throws -> GGUFWriter {
        let metadata: [String: GGUFValue] = [
            "general.architecture": .string("llama"), "general.type": .string("adapter"),
            "adapter.type": .string("lora"), "adapter.lora.alpha": .float32(16), "test.texts": .strings(["é", ""]),
            "test.numbers": .int32s([1, -2]), "test.scores": .float32s([0.5]), "test.large": .uint64(1 << 63),
            "test.yes": .bool(true), "test.count": .uint32(7),
        ]
        let quantized = Tensor((0..<64).map { Float($0 - 30) }, shape: [2, 32])
        return try GGUFWriter(
            metadata: metadata,
            tensors: [
                GGUFTensor(
                    name: "blk.0.attn_q.weight.lora_a", Tensor((0..<6).map { Float($0) / 7 }, shape: [2, 3])),
                GGUFTensor(name: "blk.0.attn_q.weight.lora_b", Tensor([0, 1, 2, 3], shape: [2, 2]), as: .float16),
                GGUFTensor(name: "packed", QuantizedMatrix(quantizing: quantized, as: .q8_0)),
            ])
    }

    @Test func writerProducesTheBytesOfTheReference() throws {
        let expected = try Data(contentsOf: Self.fixtures.appendingPathComponent("writable.gguf"))
        #expect(try writable().serialized() == expected)
    }

    @Test func writtenFilesAreRead() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("adapter.gguf").path
        try writable().write(to: path)
        let file = try GGUFFile(path: path)
        #expect(try file.value("adapter.lora.alpha", \.float) == 16)
        #expect(try file.value("test.numbers", \.integers) == [1, -2])
        #expect(file.metadata["test.texts"] == .strings(["é", ""]))
        #expect(try file.floats("blk.0.attn_q.weight.lora_b") == [0, 1, 2, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["adapter.gguf"])
    }

    @Test(arguments: [1, 16, 32, 4096])
    func tensorsLieAtMultiplesOfTheAlignment(alignment: Int) throws {
        let tensors = (1...3).map { GGUFTensor(name: "t\($0)", Tensor(repeating: Float($0), shape: [$0, 5])) }
        let metadata = ["general.alignment": GGUFValue.uint32(UInt32(alignment))]
        let data = try GGUFWriter(metadata: metadata, tensors: tensors).serialized()
        let file = try GGUFFile(data: (Data([9, 9, 9]) + data)[3...])
        for index in 1...3 {
            #expect(try file.entry("t\(index)").byteRange.lowerBound.isMultiple(of: alignment))
            #expect(try file.floats("t\(index)") == Array(repeating: Float(index), count: 5 * index))
        }
    }

    @Test func versionTwoHasTheSameLayout() throws {
        var data = try writable().serialized()
        data[4] = 2
        #expect(try GGUFFile(data: data).names.count == 3)
    }

    @Test func faultyTensorsAreNotWritten() {
        func problem(_ tensors: GGUFTensor..., metadata: [String: GGUFValue] = [:]) -> GGUFError.Problem? {
            #expect(throws: GGUFError.self) { try GGUFWriter(metadata: metadata, tensors: tensors) }?.problem
        }
        func tensor(_ shape: [Int], _ format: QuantizationFormat = .float32, count: Int = 8) -> GGUFTensor {
            GGUFTensor(name: "x", shape: shape, format: format, bytes: Data(count: count))
        }
        #expect(problem(tensor([2]), tensor([2])) == .duplicateName)
        #expect(problem(tensor([3])) == .sizeMismatch(needed: 12, found: 8))
        #expect(problem(tensor([])) == .dimensionCount(0))
        #expect(problem(tensor([1, 1, 1, 1, 2])) == .dimensionCount(5))
        #expect(problem(tensor([-2])) == .impossibleShape([0]))
        #expect(problem(tensor([.max, 2])) == .impossibleShape([UInt64(Int.max), 2]))
        #expect(problem(tensor([2, 48], .q8_0)) == .incompleteBlocks(width: 48, type: .q8_0))
        #expect(problem(metadata: ["general.alignment": .uint32(24)]) == .alignment(24))
    }
}
