import Foundation
import Testing

@testable import ModelFiles

/// Damaged and malicious files are refused with a typed error and never trap.
@Suite struct SafeTensorsHostileInputTests {
    private typealias Problem = SafeTensorsError.Problem

    private func failure(_ data: Data) -> SafeTensorsError? {
        #expect(throws: SafeTensorsError.self) { try SafeTensorsFile(data: data, file: "bad.safetensors") }
    }

    private func problem(header: String, bytes: Int = 0) -> SafeTensorsError.Problem? {
        failure(SafeTensorsTestData.file(header: header, bytes: Array(repeating: 0, count: bytes)))?.problem
    }

    /// A header with tensor "x" of the given fields.
    private func tensor(_ shape: String, _ offsets: String, dataType: String = "F32") -> String {
        #"{"x":{"dtype":"\#(dataType)","shape":[\#(shape)],"data_offsets":[\#(offsets)]}}"#
    }

    @Test func truncationAtEveryByteIsRefused() throws {
        let data = try SafeTensorsTestData.writable().serialized()
        for length in 0..<data.count {
            let failure = #expect(throws: SafeTensorsError.self) { try SafeTensorsFile(data: data.prefix(length)) }
            guard case .truncated(let needed, length) = failure?.problem else {
                Issue.record("\(length) bytes: \(String(describing: failure))")
                continue
            }
            #expect(needed > length)
        }
    }

    @Test func truncationOfALargerFileIsRefused() throws {
        let tensors = (0..<8).map {
            SafeTensorsTensor(name: "\($0)", shape: [4096], scalars: .int32s(Array(repeating: 7, count: 4096)))
        }
        let data = try SafeTensorsWriter(tensors: tensors).serialized()
        for length in stride(from: 0, to: data.count, by: 4096) {
            guard case .truncated(let needed, length) = failure(data.prefix(length))?.problem else {
                Issue.record("\(length) bytes")
                continue
            }
            #expect(needed > length)
        }
    }

    /// Every byte before the tensors in turn: either a typed error, or a file whose tensors can be read.
    @Test(arguments: [UInt8(0x01), 0x80, 0xFF])
    func changedBytesNeverTrap(mask: UInt8) throws {
        let original = try SafeTensorsTestData.writable().serialized()
        let length = 8 + Int(original[0]) + Int(original[1]) << 8
        var refused = 0
        for index in 0..<length {
            for byte in [original[index] ^ mask, mask, UInt8(ascii: "9")] {
                var data = original
                data[index] = byte
                do {
                    let file = try SafeTensorsFile(data: data)
                    for name in file.names where try file.entry(name).dataType == .float32 {
                        #expect(try file.floats(name).count == file.entry(name).shape.reduce(1, *))
                    }
                } catch is SafeTensorsError {
                    refused += 1
                }
            }
        }
        #expect((length..<3 * length).contains(refused))
    }

    @Test func headerLengthIsBounded() {
        #expect(failure(Data(repeating: 0xFF, count: 16))?.problem == .headerTooLong(.max))
        let justTooLong = Data([1, 0xE1, 0xF5, 5, 0, 0, 0, 0])
        #expect(failure(justTooLong)?.problem == .headerTooLong(100_000_001))
        #expect(
            failure(Data([0, 0xE1, 0xF5, 5, 0, 0, 0, 0]))?.problem == .truncated(needed: 100_000_008, found: 8))
    }

    @Test(arguments: [
        "", "x", "[]", "null", "{", #"{"x"}"#, #"{"x":1}"#, #"{"x":{}}"#, "{} {}", #"{"x":{},}"#, "\u{FEFF}{}",
        #"{"x":{"dtype":"F32","shape":[1]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}"#,
        #"{"x":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[1,],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":5,"shape":[1],"data_offsets":[0,4]}}"#,
        #"{"__metadata__":{"a":1}}"#, #"{"__metadata__":"a"}"#, #"{"\q":{}}"#, "{\"\u{1}\":{}}", #"{"\ud800":{}}"#,
    ])
    func headersThatAreNotTheFormatsJSONAreRefused(header: String) {
        guard case .header = problem(header: header, bytes: 4) else {
            Issue.record("\(header): \(String(describing: problem(header: header)))")
            return
        }
    }

    @Test func invalidUTF8IsRefused() {
        let failure = failure(Data([6, 0, 0, 0, 0, 0, 0, 0]) + Data(#"{""#.utf8) + Data([0xFF]) + Data(#"":1"#.utf8))
        #expect(failure?.problem == .header(offset: 2, expected: "a string"))
    }

    @Test func deepNestingIsRefused() {
        #expect(
            problem(header: String(repeating: "{\"a\":", count: 100_000))
                == .header(offset: 10, expected: "each of dtype, shape and data_offsets once"))
    }

    /// A type that the format got later is no hindrance to reading the others.
    @Test func unknownTypesAreNamedWhenTheyAreAskedFor() throws {
        let header =
            #"{"x":{"dtype":"F4","shape":[3],"data_offsets":[0,2]},"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#
        let data = SafeTensorsTestData.file(header: header, bytes: [1, 2, 0, 0, 128, 63])
        let file = try SafeTensorsFile(data: data, file: "x.safetensors")
        #expect(try file.names == ["x", "y"] && file.floats("y") == [1])
        #expect(file.contains("x") && file.tensors[0].type == "F4" && file.tensors[0].shape == [3])
        let error = #expect(throws: SafeTensorsError.self) { try file.floats("x") }
        #expect(error?.problem == .unknownDataType("F4") && error?.tensor == "x")
        #expect(try TensorFile.safeTensors(file).statistics(of: "x") == nil)
    }

    @Test func offsetsAndShapesAreChecked() {
        #expect(problem(header: tensor("2", "0,8"), bytes: 4) == .truncated(needed: 70, found: 66))
        #expect(problem(header: tensor("2", "0,8"), bytes: 9) == .trailingBytes(1))
        #expect(problem(header: tensor("2", "1,9"), bytes: 9) == .misplaced(begin: 1, expected: 0))
        #expect(problem(header: tensor("2", "8,0"), bytes: 8) == .reversedOffsets(begin: 8, end: 0))
        #expect(problem(header: tensor("3", "0,8"), bytes: 8) == .sizeMismatch(needed: 12, found: 8))
        let huge = "9223372036854775807"
        #expect(
            problem(header: tensor("4294967296,4294967296", "0,0")) == .impossibleShape([4_294_967_296, 4_294_967_296])
        )
        #expect(problem(header: tensor(huge, "0,\(huge)", dataType: "U8")) == .impossibleShape([.max]))
        #expect(
            problem(header: tensor("9223372036854775000", "0,9223372036854775000", dataType: "U8"), bytes: 1)
                == .truncated(needed: 9_223_372_036_854_775_097, found: 98))
    }

    @Test func overlapsHolesAndDuplicatesAreRefused() {
        func pair(_ second: String, _ offsets: String) -> String {
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
                + #""\#(second)":{"dtype":"F32","shape":[1],"data_offsets":[\#(offsets)]}}"#
        }
        #expect(problem(header: pair("b", "4,8"), bytes: 8) == .misplaced(begin: 4, expected: 8))
        #expect(problem(header: pair("b", "12,16"), bytes: 16) == .misplaced(begin: 12, expected: 8))
        #expect(problem(header: pair("a", "8,12"), bytes: 12) == .duplicateName)
        #expect(problem(header: pair(#"\u0061"#, "8,12"), bytes: 12) == .duplicateName)
        #expect(problem(header: #"{"__metadata__":{"k":"1","k":"2"}}"#) == .duplicateName)
        #expect(problem(header: #"{"__metadata__":{},"__metadata__":{}}"#) == .duplicateName)
    }

    /// Seeded random damage: either a typed error, or a file whose tensors all have the size that their shape says.
    @Test func bitFlipsNeverTrap() throws {
        let original = try SafeTensorsTestData.writable().serialized()
        var random = SplitMix(state: 2507)
        var refused = 0
        for _ in 0..<3000 {
            var data = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                data[Int.random(in: 0..<data.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            do {
                let file = try SafeTensorsFile(data: data)
                for name in file.names {
                    let count = try file.entry(name).shape.reduce(1, *)
                    let width = try file.entry(name).dataType.byteWidth
                    #expect(try file.entry(name).byteRange.count == count * width)
                    if try file.entry(name).dataType == .float32 {
                        #expect(try file.floats(name).count == count)
                    }
                }
            } catch is SafeTensorsError {
                refused += 1
            }
        }
        #expect((1000..<3000).contains(refused))
    }

    @Test func missingFilesAndFoldersAreNamed() {
        let missing = #expect(throws: SafeTensorsError.self) { try SafeTensorsFile(path: "/no/such.safetensors") }
        #expect(missing?.description.hasPrefix("/no/such.safetensors: cannot be read") == true)
        #expect(throws: SafeTensorsError.self) { try SafeTensorsFile(path: NSTemporaryDirectory()) }
    }
}

/// A small seeded generator (Steele, Lea and Flood, 2014), so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
