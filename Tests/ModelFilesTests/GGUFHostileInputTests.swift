import Foundation
import Testing

@testable import ModelFiles

/// Damaged and malicious files are refused with a typed error and never trap.
@Suite struct GGUFHostileInputTests {
    private func failure(_ data: Data) -> GGUFError? {
        #expect(throws: GGUFError.self) { try GGUFFile(data: data, file: "bad.gguf") }
    }

    private func problem(_ builder: GGUFBuilder) -> GGUFError.Problem? { failure(builder.data)?.problem }

    private func problem(value: Data) -> GGUFError.Problem? { problem(GGUFBuilder(values: [("key", value)])) }

    private func problem(_ tensors: GGUFBuilder.Tensor..., payload: Int = 64) -> GGUFError.Problem? {
        problem(GGUFBuilder(tensors: tensors, payload: payload))
    }

    /// Whether the failure says that the file ends too early, and how much it would need.
    private func needed(_ problem: GGUFError.Problem?) -> Int? {
        guard case .truncated(let needed, _) = problem else { return nil }
        return needed
    }

    /// Reads everything that there is: all values in all kinds, all tensors. Returns false where the file is refused.
    private func isReadWhole(_ data: Data) throws -> Bool {
        do {
            let file = try GGUFFile(data: data)
            for value in file.metadata.values {
                _ = (value.string, value.bool, value.integer, value.float)
                #expect(value.strings.map { $0.count == value.count } ?? true)
                #expect(value.integers.map { $0.count == value.count } ?? true)
                #expect(value.floats.map { $0.count == value.count } ?? true)
            }
            for name in file.names {
                #expect(try file.floats(name).count == file.entry(name).shape.reduce(1, *))
            }
            return true
        } catch is GGUFError {
            return false
        }
    }

    private func readable() throws -> Data {
        try Data(contentsOf: GGUFTests.fixtures.appendingPathComponent("readable.gguf"))
    }

    @Test func truncationAtEveryByteIsRefused() throws {
        let data = try readable()
        let file = try GGUFFile(data: data)
        let end = try file.names.map { try file.entry($0).byteRange.upperBound }.max() ?? 0
        // Behind the last tensor only padding is lost.
        #expect((data.count - 32..<data.count).contains(end))
        for length in 0..<end {
            let failure = failure(data.prefix(length))
            guard case .truncated(let needed, length) = failure?.problem else {
                Issue.record("\(length) bytes: \(String(describing: failure))")
                continue
            }
            #expect(needed > length)
        }
        #expect(try isReadWhole(data.prefix(end)))
    }

    @Test func truncationOfALargerFileIsRefused() throws {
        let tensors = (0..<8).map {
            GGUFTensor(name: "\($0)", shape: [64, 256], format: .q8_0, bytes: Data(count: 64 * 8 * 34))
        }
        let data = try GGUFWriter(metadata: [:], tensors: tensors).serialized()
        #expect(try isReadWhole(data))
        for length in stride(from: 0, to: data.count, by: 4096) {
            #expect(needed(failure(data.prefix(length))?.problem).map { $0 > length } == true)
        }
    }

    /// Every byte before the tensors in turn: either a typed error, or a file that can be read whole.
    @Test(arguments: [UInt8(0x01), 0x80, 0xFF])
    func changedBytesNeverTrap(mask: UInt8) throws {
        let original = try readable()
        let file = try GGUFFile(data: original)
        let start = try file.names.map { try file.entry($0).byteRange.lowerBound }.min() ?? 0
        var refused = 0
        for index in 0..<start {
            var data = original
            data[index] ^= mask
            if try !isReadWhole(data) { refused += 1 }
            data[index] = mask
            _ = try isReadWhole(data)
        }
        #expect((start / 4..<start).contains(refused))
    }

    @Test func otherFilesAndVersionsAreRefused() {
        #expect(failure(Data("GGML\u{3}\0\0\0".utf8))?.problem == .notGGUF)
        #expect(failure(Data())?.problem == .truncated(needed: 4, found: 0))
        #expect(problem(GGUFBuilder(version: 1)) == .version(1))
        #expect(problem(GGUFBuilder(version: 4)) == .version(4))
        #expect(problem(GGUFBuilder(version: 0)) == .version(0))
        #expect(problem(GGUFBuilder(version: 0x0300_0000)) == .bigEndian)
        let parts = GGUFBuilder(values: [("split.count", GGUFBuilder.value(2, Data([3, 0])))])
        #expect(problem(parts) == .split(parts: 3))
        let missing = #expect(throws: GGUFError.self) { try GGUFFile(path: "/no/such.gguf") }
        #expect(missing?.description.hasPrefix("/no/such.gguf: cannot be read") == true)
    }

    /// Counts and lengths that the file is far too short for; none may be set aside.
    @Test func absurdCountsAreRefused() {
        for count in [UInt64.max, 1 << 63, 1 << 61, 1 << 40] {
            let bytes = GGUFBytes.integer(count)
            #expect(needed(problem(GGUFBuilder(tensorCount: count))) != nil)
            #expect(needed(problem(GGUFBuilder(valueCount: count))) != nil)
            #expect(needed(problem(value: GGUFBuilder.value(8, bytes))) != nil)
            for type in UInt32(0)...12 {
                #expect(needed(problem(value: GGUFBuilder.array(type, count: count))) != nil, "\(type)")
            }
        }
    }

    @Test func faultyValuesAreRefused() {
        #expect(problem(value: GGUFBuilder.value(13, Data([0]))) == .unknownValueType(13))
        #expect(problem(value: GGUFBuilder.array(13, count: 0)) == .unknownValueType(13))
        #expect(problem(value: GGUFBuilder.value(7, Data([2]))) == .invalidBool(2))
        #expect(problem(value: GGUFBuilder.array(7, count: 2, Data([1, 9]))) == .invalidBool(9))
        let text = GGUFBytes.integer(UInt64(2)) + Data([0x61, 0xFF])
        #expect(problem(value: GGUFBuilder.value(8, text)) == .invalidText(offset: 47))
        #expect(problem(value: GGUFBuilder.array(8, count: 1, text)) == .invalidText(offset: 59))
        let seven = GGUFBuilder.value(0, Data([7]))
        #expect(problem(GGUFBuilder(values: [("a", seven), ("a", seven)])) == .duplicateName)
    }

    @Test func deepNestingIsRefused() throws {
        func nested(_ depth: Int) -> Data {
            let level = GGUFBytes.integer(UInt32(9)) + GGUFBytes.integer(UInt64(1))
            let inner = GGUFBytes.integer(UInt32(0)) + GGUFBytes.integer(UInt64(0))
            return GGUFBuilder.value(9, Data((0..<depth).flatMap { _ in level }) + inner)
        }
        #expect(try GGUFFile(data: GGUFBuilder(values: [("key", nested(3))]).data).metadata["key"]?.count == 1)
        #expect(problem(value: nested(4)) == .nestedTooDeep)
        #expect(problem(value: nested(100_000)) == .nestedTooDeep)
    }

    @Test func alignmentIsBounded() {
        for (alignment, found) in [(UInt64(0), 0), (3, 3), (1 << 17, 1 << 17), (1 << 63, nil)] as [(UInt64, Int?)] {
            let value = GGUFBuilder.value(10, GGUFBytes.integer(alignment))
            #expect(problem(GGUFBuilder(values: [("general.alignment", value)])) == .alignment(found))
        }
        let text = GGUFBuilder.value(8, GGUFBytes.text("32"))
        #expect(problem(GGUFBuilder(values: [("general.alignment", text)])) == .alignment(nil))
    }

    @Test func shapesAndTypesOfTensorsAreChecked() {
        #expect(problem(.init(dimensions: [])) == .dimensionCount(0))
        #expect(problem(.init(dimensions: [1, 1, 1, 1, 1])) == .dimensionCount(5))
        #expect(problem(.init(dimensions: [0])) == .impossibleShape([0]))
        #expect(problem(.init(dimensions: [4, 1 << 63])) == .impossibleShape([1 << 63, 4]))
        #expect(problem(.init(dimensions: [1 << 32, 1 << 31])) == .impossibleShape([1 << 31, 1 << 32]))
        #expect(problem(.init(dimensions: [1 << 61])) == .impossibleShape([1 << 61]))
        #expect(problem(.init(dimensions: [48], type: 8)) == .incompleteBlocks(width: 48, type: .q8_0))
        for type in [UInt32(4), 5, 31, .max] { #expect(problem(.init(type: type)) == .unknownTensorType(type)) }
    }

    @Test func placesOfTensorsAreChecked() throws {
        func tensor(_ name: String, _ offset: UInt64, _ count: UInt64 = 8) -> GGUFBuilder.Tensor {
            .init(name: name, dimensions: [count], offset: offset)
        }
        let inAnyOrder = GGUFBuilder(tensors: [tensor("b", 32), tensor("a", 0)], payload: 64)
        #expect(try GGUFFile(data: inAnyOrder.data).names == ["a", "b"])
        #expect(problem(tensor("a", 0), tensor("a", 32)) == .duplicateName)
        #expect(problem(tensor("a", 0, 9), tensor("b", 32)) == .overlaps("a"))
        #expect(problem(tensor("a", 32), tensor("b", 32)) == .overlaps("a"))
        #expect(problem(tensor("a", 16)) == .misaligned(offset: 16, alignment: 32))
        #expect(problem(tensor("a", 64)) == .truncated(needed: 160, found: 128))
        #expect(problem(tensor("a", 0, 17)) == .truncated(needed: 132, found: 128))
        #expect(problem(tensor("a", .max - 31)) == .truncated(needed: .max, found: 128))
        #expect(problem(tensor("a", 1 << 63)) == .truncated(needed: .max, found: 128))
    }
}
