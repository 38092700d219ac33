import Foundation

/// A protocol buffer message in its wire format, to which fields are added one after the other.
///
/// A field is its number and wire type as a varint, then the value.
public struct ProtocolBufferMessage: Sendable {
    public private(set) var bytes = Data()

    public init() {}

    private enum WireType: UInt64 {
        case varint = 0
        case eightBytes = 1
        case lengthDelimited = 2
        case fourBytes = 5
    }

    /// Adds an `int32`, an `int64`, or the number of an `enum` case. Negative numbers take ten bytes.
    public mutating func append(_ value: Int, field: Int) {
        appendKey(field, .varint)
        appendVarint(UInt64(bitPattern: Int64(value)))
    }

    public mutating func append(_ value: Double, field: Int) {
        appendKey(field, .eightBytes)
        bytes.append(littleEndian: value.bitPattern)
    }

    public mutating func append(_ value: Float, field: Int) {
        appendKey(field, .fourBytes)
        bytes.append(littleEndian: value.bitPattern)
    }

    public mutating func append(_ value: String, field: Int) {
        append(lengthDelimited: Data(value.utf8), field: field)
    }

    public mutating func append(_ value: Bool, field: Int) { append(value ? 1 : 0, field: field) }

    public mutating func append(_ value: ProtocolBufferMessage, field: Int) {
        append(lengthDelimited: value.bytes, field: field)
    }

    private mutating func append(lengthDelimited value: Data, field: Int) {
        appendKey(field, .lengthDelimited)
        appendVarint(UInt64(value.count))
        bytes.append(value)
    }

    private mutating func appendKey(_ field: Int, _ type: WireType) {
        appendVarint(UInt64(field) << 3 | type.rawValue)
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    private mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension Data {
    package mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
