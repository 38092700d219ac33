import Foundation

/// Checks a SentencePiece model file for damage that the library itself would not notice.
///
/// The file is a protocol buffer (`sentencepiece_model.proto`): pieces are field 1, the trainer's settings 2, the
/// normalizer's 3, the denormalizer's 5. The library takes a file that was cut between two fields for a whole one, and
/// follows the offsets in the normalizer's character map wherever they lead.
enum SentencePieceModelFile {
    static func validate(_ serialized: Data) throws {
        guard serialized.count <= Int(Int32.max) else {
            throw LibraryFailure(reason: "it has \(serialized.count) bytes, more than a protocol buffer may have")
        }
        let sections = try ProtocolBuffer.lengthDelimitedFields(in: serialized)
        for (section, number) in [("pieces", 1), ("trainer settings", 2), ("normalizer settings", 3)]
        where !sections.contains(where: { $0.number == number }) {
            throw LibraryFailure(reason: "it holds no \(section)")
        }
        for section in sections where section.number == 3 || section.number == 5 {
            for field in try ProtocolBuffer.lengthDelimitedFields(in: section.value) where field.number == 2 {
                try validateCharacterMap(field.value)
            }
        }
    }

    /// The pieces that are marks instead of text (type 3), by their text.
    static func controlPieces(_ serialized: Data) throws -> [AddedToken] {
        let pieces = try ProtocolBuffer.lengthDelimitedFields(in: serialized).filter { $0.number == 1 }
        return try pieces.enumerated().compactMap { id, piece in
            let fields = try ProtocolBuffer.fields(in: piece.value)
            guard fields.last(where: { $0.number == 3 })?.integer == UInt64(TokenType.control.rawValue),
                let text = fields.last(where: { $0.number == 1 })?.bytes
            else { return nil }
            guard text.count <= AddedToken.longestContent else {
                throw LibraryFailure(reason: "the control piece \(id) has \(text.count) bytes")
            }
            return AddedToken(id: id, content: [UInt8](text)[...], isSpecial: true)
        }
    }

    /// A character map is the size in bytes of a double-array trie, the trie, and the NUL-terminated replacements that
    /// the trie's values point into.
    private static func validateCharacterMap(_ map: Data) throws {
        guard !map.isEmpty else { return }
        let words = littleEndianWords(map)
        guard let size = words.first, size >= 1024, size % 4 == 0, size < map.count - 4, map.last == 0 else {
            throw LibraryFailure(reason: "its character map is cut or overwritten")
        }
        let trie = words.dropFirst().prefix(Int(size) / 4).map { DoubleArrayUnit(bits: $0) }
        let replacementBytes = map.count - 4 - Int(size)

        // The search starts at unit 0 and goes on to any of the 256 units that differ from `base` in the low byte.
        for (position, unit) in trie.enumerated() where position == 0 || !unit.isValue {
            let base = position ^ unit.offset
            guard base | 0xFF < trie.count, !unit.hasValue || trie[base].value < replacementBytes else {
                throw LibraryFailure(reason: "its character map points outside itself")
            }
        }
    }

    private static func littleEndianWords(_ bytes: Data) -> [UInt32] {
        let bytes = [UInt8](bytes)
        return stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { start in
            (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
        }
    }
}

/// One unit of a Darts-clone double-array trie.
private struct DoubleArrayUnit {
    let bits: UInt32

    /// Bit 31 marks a unit that holds a value in place of an offset.
    var isValue: Bool { bits >> 31 == 1 }
    var hasValue: Bool { bits >> 8 & 1 == 1 }
    var value: Int { Int(bits & 0x7FFF_FFFF) }
    var offset: Int { Int(bits >> 10) << (bits >> 9 & 1 == 1 ? 8 : 0) }
}

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
