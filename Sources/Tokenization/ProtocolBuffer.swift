import Foundation

/// As much of the protocol buffer wire format as it takes to find the integers, strings and messages within a message.
enum ProtocolBuffer {
    /// A field: its number, and its value where that is an integer (wire type 0) or bytes (wire type 2).
    struct Field {
        let number: Int
        var integer: UInt64?
        var bytes: Data?
    }

    /// The fields of wire type 2 (bytes, strings, messages), in the order of the file; other fields are skipped.
    ///
    /// - Throws: ``LibraryFailure`` where a field runs past the end of the bytes.
    static func lengthDelimitedFields(in bytes: Data) throws -> [(number: Int, value: Data)] {
        try fields(in: bytes).compactMap { field in field.bytes.map { (field.number, $0) } }
    }

    /// All fields, in the order of the file.
    ///
    /// - Throws: ``LibraryFailure`` where a field runs past the end of the bytes.
    static func fields(in bytes: Data) throws -> [Field] {
        var fields: [Field] = []
        var rest = bytes
        while !rest.isEmpty {
            let key = try readVariableLengthInteger(from: &rest)
            var field = Field(number: Int(key >> 3))
            switch key & 7 {
            case 0: field.integer = try readVariableLengthInteger(from: &rest)
            case 1: _ = try read(8, from: &rest)
            case 2: field.bytes = try read(readVariableLengthInteger(from: &rest), from: &rest)
            case 5: _ = try read(4, from: &rest)
            default: throw LibraryFailure(reason: "it is not a protocol buffer")
            }
            fields.append(field)
        }
        return fields
    }

    /// Seven bits a byte, lowest first; the high bit says that another byte follows.
    private static func readVariableLengthInteger(from rest: inout Data) throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 64, by: 7) {
            guard let byte = rest.popFirst() else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw LibraryFailure(reason: "it is cut, or not a protocol buffer")
    }

    private static func read(_ count: UInt64, from rest: inout Data) throws -> Data {
        guard count <= rest.count else {
            throw LibraryFailure(reason: "it is cut, or not a protocol buffer")
        }
        defer { rest.removeFirst(Int(count)) }
        return rest.prefix(Int(count))
    }
}
