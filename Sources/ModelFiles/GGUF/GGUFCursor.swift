import Foundation

/// A position in the bytes of a GGUF file, moved forward by reading.
///
/// Every count and length is compared with the bytes that are left before anything is read or set aside for it.
struct GGUFCursor {
    /// How deep arrays may be nested.
    static let maximumDepth = 4

    let data: Data
    let file: String
    /// Bytes from the start of the file.
    private(set) var offset = 0

    init(data: Data, file: String) {
        self.data = data
        self.file = file
    }

    mutating func integer<Bits: FixedWidthInteger & BitwiseCopyable>(_: Bits.Type = Bits.self) throws -> Bits {
        let start = offset
        try skip(MemoryLayout<Bits>.size)
        // The load is checked against the bounds, and any bits are an integer.
        return Bits(littleEndian: data.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: Bits.self))
    }

    /// The number of things that follow, each of which takes `width` bytes or more.
    mutating func count(width: Int) throws -> Int {
        let count = try integer(UInt64.self)
        guard let count = Int(exactly: count), count <= (data.count - offset) / width else {
            let (needed, overflow) = count.multipliedReportingOverflow(by: UInt64(width))
            throw truncated(needing: overflow ? .max : Int(clamping: needed))
        }
        return count
    }

    mutating func string() throws -> String {
        let length = try count(width: 1)
        let start = offset
        try skip(length)
        let content = data[data.startIndex + start..<data.startIndex + offset]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw failure(.invalidText(offset: start))
        }
        return text
    }

    /// A metadata value with its type in front.
    mutating func value() throws -> GGUFValue {
        let type = try valueType()
        guard type == .array else {
            let start = offset
            try skipElements(1, of: type, depth: 0)
            return GGUFValue(elementType: type, count: nil, bytes: bytes(from: start))
        }
        let (elementType, count) = try arrayHead()
        let start = offset
        try skipElements(count, of: elementType, depth: 1)
        return GGUFValue(elementType: elementType, count: count, bytes: bytes(from: start))
    }

    private mutating func valueType() throws -> GGUFValueType {
        let type = try integer(UInt32.self)
        guard let known = GGUFValueType(rawValue: type) else { throw failure(.unknownValueType(type)) }
        return known
    }

    private mutating func arrayHead() throws -> (elementType: GGUFValueType, count: Int) {
        let type = try valueType()
        // A text is at least its length, an array its type and its count.
        return (type, try count(width: type.width ?? (type == .string ? 8 : 12)))
    }

    /// Checks and passes by `count` values of a type, of which there are bytes enough for the smallest possible.
    private mutating func skipElements(_ count: Int, of type: GGUFValueType, depth: Int) throws {
        switch (type, type.width) {
        case (.bool, _):
            for _ in 0..<count {
                let byte = try integer(UInt8.self)
                guard byte <= 1 else { throw failure(.invalidBool(byte)) }
            }
        case (_, let width?):
            try skip(count * width)
        case (.array, nil):
            guard depth < Self.maximumDepth else { throw failure(.nestedTooDeep) }
            for _ in 0..<count {
                let (elementType, count) = try arrayHead()
                try skipElements(count, of: elementType, depth: depth + 1)
            }
        default:
            for _ in 0..<count { _ = try string() }
        }
    }

    private mutating func skip(_ count: Int) throws {
        guard count <= data.count - offset else { throw truncated(needing: count) }
        offset += count
    }

    private func bytes(from start: Int) -> Data {
        data[data.startIndex + start..<data.startIndex + offset]
    }

    private func truncated(needing more: Int) -> GGUFError {
        let (needed, overflow) = offset.addingReportingOverflow(more)
        return failure(.truncated(needed: overflow ? .max : needed, found: data.count))
    }

    private func failure(_ problem: GGUFError.Problem) -> GGUFError { GGUFError(file: file, problem: problem) }
}
