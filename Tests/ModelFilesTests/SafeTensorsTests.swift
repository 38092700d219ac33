import Foundation
import Testing

@testable import ModelFiles

/// Reading and writing, against files written by the format's reference implementation.
@Suite struct SafeTensorsTests {
    static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/safetensors")

    static func fixture(_ name: String) throws -> SafeTensorsFile {
        try SafeTensorsFile(path: fixtures.appendingPathComponent(name).path)
    }

    @Test func namesShapesAndMetadataAreThoseOfTheReference() throws {
        let file = try Self.fixture("readable.safetensors")
        #expect(
            file.names == ["brain", "double", "empty", "half", "int32", "int64", "mask", "scalar", "single"])
        #expect(file.metadata == ["format": "pt"])
        #expect(try file.entry("half").shape == [3, 3])
        #expect(try file.entry("brain").dataType == .bfloat16)
        #expect(try file.entry("scalar").shape == [])
        #expect(try file.entry("empty").shape == [0, 4])
        #expect(try file.entry("empty").byteRange.isEmpty)
        #expect(try file.entry("mask").byteRange.count == 3)
        #expect(file.contains("mask") && !file.contains("Mask"))
    }

    @Test func narrowNumbersAreDequantizedExactly() throws {
        let file = try Self.fixture("readable.safetensors")
        let halves: [Float] = [0, -0.0, 1, -2.5, 65504, 0x1p-14, 0x1p-24, .infinity, 0x1.998p-4]
        #expect(try file.floats("half").map(\.bitPattern) == halves.map(\.bitPattern))
        let brains: [Float] = [0, -0.0, 1, -2.5, 0x1.FEp127, 0x1p-126, -.infinity, 0x1.9Ap-4]
        #expect(try file.floats("brain").map(\.bitPattern) == brains.map(\.bitPattern))
        #expect(try file.floats("single") == [0.1, -1e30, 0x1p-149])
        #expect(try file.floats("scalar") == [42])
        #expect(try file.floats("empty") == [])
        #expect(try file.doubles("double") == [0.1, -1e300])
        #expect(try file.doubles("half")[8] == 0x1.998p-4)
        #expect(try file.doubles("single")[0] == Double(Float(0.1)))
        #expect(try file.int32s("int32") == [.max, .min])
        #expect(try file.int64s("int64") == [.max, .min])
        #expect(try file.int64s("int32") == [Int64(Int32.max), Int64(Int32.min)])
    }

    /// Every half-precision bit pattern against the definition of the format (IEEE 754).
    @Test func allHalvesFollowTheirDefinition() throws {
        let patterns = (0...UInt16.max)
        let bytes = patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let data = SafeTensorsTestData.file(
            header: #"{"x":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#, bytes: bytes)
        let values = try SafeTensorsFile(data: data).floats("x")
        for (pattern, value) in zip(patterns, values) {
            let sign: Float = pattern >> 15 == 0 ? 1 : -1
            let exponent = Int(pattern >> 10 & 31)
            let fraction = Float(pattern & 1023) / 1024
            switch exponent {
            case 0: try #require(value == sign * fraction * 0x1p-14)
            case 31: try #require(fraction == 0 ? value == sign * .infinity : value.isNaN)
            default:
                let power = Float(sign: .plus, exponent: exponent - 15, significand: 1)
                try #require(value == sign * (1 + fraction) * power)
            }
        }
        #expect(values.count == 65536)
    }

    @Test func lossyConversionsAreRefused() throws {
        let file = try Self.fixture("readable.safetensors")
        #expect(throws: SafeTensorsError.self) { try file.floats("double") }
        #expect(throws: SafeTensorsError.self) { try file.floats("int32") }
        #expect(throws: SafeTensorsError.self) { try file.int32s("int64") }
        #expect(throws: SafeTensorsError.self) { try file.doubles("int64") }
        #expect(throws: SafeTensorsError.self) { try file.int64s("single") }
        let missing = #expect(throws: SafeTensorsError.self) { try file.floats("lm_head.weight") }
        #expect(missing?.problem == .missing)
        #expect(missing?.description.contains("readable.safetensors, tensor \"lm_head.weight\"") == true)
        let mask = #expect(throws: SafeTensorsError.self) { try file.floats("mask") }
        #expect(mask?.problem == .notReadable(stored: .bool, asked: "Float"))
    }

    @Test func writerProducesTheBytesOfTheReference() throws {
        let expected = try Data(contentsOf: Self.fixtures.appendingPathComponent("writable.safetensors"))
        let written = try SafeTensorsTestData.writable().serialized()
        #expect(written == expected)
    }

    @Test func writingIsDeterministicAndReversible() throws {
        let tensors = [
            SafeTensorsTensor(name: "b", shape: [2], scalars: .floats([.nan, -0.0])),
            SafeTensorsTensor(name: "a", shape: [1, 2], scalars: .doubles([.pi, .leastNonzeroMagnitude])),
            SafeTensorsTensor(name: "none", shape: [3, 0], scalars: .int64s([])),
        ]
        let metadata = ["z": "1", "a": "2", "\u{1}\u{1F}\u{8}": "\\\"\r\u{C}/é\u{2028}😀"]
        let data = try SafeTensorsWriter(tensors: tensors, metadata: metadata).serialized()
        #expect(try SafeTensorsWriter(tensors: tensors.reversed(), metadata: metadata).serialized() == data)
        let file = try SafeTensorsFile(data: data)
        #expect(file.metadata == metadata)
        #expect(try file.floats("b").map(\.bitPattern) == [Float.nan.bitPattern, Float(-0.0).bitPattern])
        #expect(try file.doubles("a") == [.pi, .leastNonzeroMagnitude])
        #expect(try file.int64s("none") == [])
        #expect(try file.entry("a").byteRange.lowerBound.isMultiple(of: 8))
    }

    @Test func emptyFileHoldsNothing() throws {
        let data = try SafeTensorsWriter(tensors: []).serialized()
        #expect(data == Data([8, 0, 0, 0, 0, 0, 0, 0]) + Data("{}      ".utf8))
        #expect(try SafeTensorsFile(data: data).names.isEmpty)
    }

    @Test func slicesOfLargerDataAreRead() throws {
        let data = try SafeTensorsTestData.writable().serialized()
        let slice = (Data([1, 2, 3]) + data)[3...]
        #expect(try SafeTensorsFile(data: slice).floats("model.layers.10.weight") == [0, -1, -2, -3])
    }

    @Test func faultyTensorsAreNotWritten() {
        func problem(_ tensors: SafeTensorsTensor...) -> SafeTensorsError.Problem? {
            #expect(throws: SafeTensorsError.self) { try SafeTensorsWriter(tensors: tensors) }?.problem
        }
        let good = SafeTensorsTensor(name: "x", shape: [2], scalars: .floats([1, 2]))
        #expect(problem(good, good) == .duplicateName)
        #expect(
            problem(SafeTensorsTensor(name: "x", shape: [3], scalars: .floats([1, 2])))
                == .sizeMismatch(needed: 12, found: 8))
        #expect(
            problem(SafeTensorsTensor(name: "x", shape: [-1, -2], scalars: .floats([1, 2])))
                == .impossibleShape([-1, -2]))
        #expect(
            problem(SafeTensorsTensor(name: "x", shape: [.max, 2], scalars: .int32s([])))
                == .impossibleShape([.max, 2]))
        #expect(
            problem(SafeTensorsTensor(name: "__metadata__", shape: [], scalars: .floats([1]))) == .reservedName)
    }

    @Test func filesAreReplacedWhole() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("adapter.safetensors").path
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))

        let writer = try SafeTensorsTestData.writable()
        try writer.write(to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == writer.serialized())
        #expect(try SafeTensorsFile(path: path).int64s("step") == [12_345_678_901])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["adapter.safetensors"])

        // A folder cannot be replaced by a file; nothing may be left lying about.
        let occupied = folder.appendingPathComponent("occupied")
        try FileManager.default.createDirectory(at: occupied, withIntermediateDirectories: true)
        let failure = #expect(throws: FileReplacementError.self) { try writer.write(to: occupied.path) }
        #expect(failure?.description.contains("occupied") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        #expect(throws: FileReplacementError.self) { try writer.write(to: path + "/x/y.safetensors") }
    }

    @Test func halvedNumbersAreTheNearestOfSixteenBits() throws {
        let numbers: [Float] = [0, 1, -0.1, 65_504, 1e-7, 3.14159]
        let tensor = SafeTensorsTensor(name: "a", shape: [2, 3], scalars: .floats(numbers))
        let half = try #require(tensor.halved)
        let file = try SafeTensorsFile(data: SafeTensorsWriter(tensors: [half]).serialized())
        #expect(try file.entry("a").dataType == .float16 && file.entry("a").shape == [2, 3])
        #expect(try file.floats("a") == numbers.map { Float(Float16($0)) })
        #expect(SafeTensorsTensor(name: "a", shape: [1], scalars: .floats([7e4])).halved == nil)
        #expect(half.halved == nil)
    }
}

/// Files made by hand, and one that both implementations can write.
enum SafeTensorsTestData {
    static func file(header: String, bytes: [UInt8] = []) -> Data {
        let json = Array(header.utf8)
        return Data((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json + bytes)
    }

    /// What Fixtures/safetensors/generate.py writes as writable.safetensors.
    static func writable() throws -> SafeTensorsWriter {
        try SafeTensorsWriter(
            tensors: [
                SafeTensorsTensor(
                    name: "model.layers.1.weight", shape: [2, 3], scalars: .floats((0..<6).map { Float($0) / 7 })),
                SafeTensorsTensor(name: "model.layers.10.weight", shape: [4], scalars: .floats([-0.0, -1, -2, -3])),
                SafeTensorsTensor(name: "model.layers.0.weight", shape: [1], scalars: .floats([1.5])),
                SafeTensorsTensor(name: "Ünlaut \"\\/\n\u{1}", shape: [1], scalars: .floats([0.25])),
                SafeTensorsTensor(name: "counts", shape: [1, 3], scalars: .int32s([1, -2, 3])),
                SafeTensorsTensor(name: "step", shape: [], scalars: .int64s([12_345_678_901])),
                SafeTensorsTensor(name: "second moments", shape: [2], scalars: .doubles([1e-300, 2])),
            ],
            metadata: ["recipe": "line one\nline \"two\"\té\u{7F}"])
    }
}
