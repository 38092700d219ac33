import Foundation

/// The types of GGUF's metadata values, under their numbers in the file.
public enum GGUFValueType: UInt32, Sendable, CaseIterable {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// The bytes of a value of fixed size.
    var width: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }
}

/// A metadata value of a GGUF file: a number, a truth value, a text, or an array of one of these.
///
/// The value stays in its file's bytes until it is asked for, so that a vocabulary of a hundred thousand words costs
/// nothing to those who do not need it.
public struct GGUFValue: Equatable, Sendable {
    /// The type of the value, or of the elements of an array.
    public let elementType: GGUFValueType
    /// The number of elements of an array; `nil` for a single value.
    public let count: Int?
    /// The elements one after the other, already checked: whole, their texts valid and their truth values 0 or 1.
    let bytes: Data

    /// The text of a string.
    public var string: String? { count == nil ? texts?.first : nil }

    /// The truth value of a bool.
    public var bool: Bool? { count == nil && elementType == .bool ? scalars(UInt8.self)[0] == 1 : nil }

    /// The number of an integer of any width that fits.
    public var integer: Int? { count == nil ? wholeNumbers?.first : nil }

    /// The number of a float32 or float64.
    public var float: Double? { count == nil ? fractions?.first : nil }

    /// The texts of an array of strings.
    public var strings: [String]? { count == nil ? nil : texts }

    /// The numbers of an array of integers of any width, all of which fit.
    public var integers: [Int]? { count == nil ? nil : wholeNumbers }

    /// The numbers of an array of float32 or float64.
    public var floats: [Double]? { count == nil ? nil : fractions }

    /// The truth values of an array of bools.
    public var bools: [Bool]? {
        count == nil || elementType != .bool ? nil : scalars(UInt8.self).map { $0 == 1 }
    }

    /// What the value is, in words: "an array of 3 float32".
    public var kind: String { count.map { "an array of \($0) \(elementType)" } ?? "a \(elementType)" }

    private var texts: [String]? {
        guard elementType == .string else { return nil }
        var texts: [String] = []
        texts.reserveCapacity(count ?? 1)
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let start = position + MemoryLayout<UInt64>.size
            let length = Int(load(UInt64.self, at: position - bytes.startIndex))
            position = start + length
            texts.append(String(decoding: bytes[start..<position], as: UTF8.self))
        }
        return texts
    }

    private var wholeNumbers: [Int]? {
        func exact(_ numbers: [some FixedWidthInteger]) -> [Int]? {
            let fitting = numbers.compactMap { Int(exactly: $0) }
            return fitting.count == numbers.count ? fitting : nil
        }
        return switch elementType {
        case .uint8: exact(scalars(UInt8.self))
        case .int8: exact(scalars(Int8.self))
        case .uint16: exact(scalars(UInt16.self))
        case .int16: exact(scalars(Int16.self))
        case .uint32: exact(scalars(UInt32.self))
        case .int32: exact(scalars(Int32.self))
        case .uint64: exact(scalars(UInt64.self))
        case .int64: exact(scalars(Int64.self))
        case .float32, .float64, .bool, .string, .array: nil
        }
    }

    private var fractions: [Double]? {
        switch elementType {
        case .float32: scalars(UInt32.self).map { Double(Float(bitPattern: $0)) }
        case .float64: scalars(UInt64.self).map { Double(bitPattern: $0) }
        default: nil
        }
    }

    /// The bit patterns of all elements. `Bits` is as wide as the element type.
    private func scalars<Bits: FixedWidthInteger & BitwiseCopyable>(_: Bits.Type) -> [Bits] {
        stride(from: 0, to: bytes.count, by: MemoryLayout<Bits>.size).map { load(Bits.self, at: $0) }
    }

    private func load<Bits: FixedWidthInteger & BitwiseCopyable>(_: Bits.Type, at offset: Int) -> Bits {
        // The load is checked against the bounds, and any bits are an integer; values in files are not aligned.
        Bits(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Bits.self))
    }
}

/// Values to be written.
extension GGUFValue {
    public static func string(_ text: String) -> GGUFValue {
        GGUFValue(elementType: .string, count: nil, bytes: GGUFBytes.text(text))
    }

    public static func bool(_ value: Bool) -> GGUFValue {
        GGUFValue(elementType: .bool, count: nil, bytes: Data([value ? 1 : 0]))
    }

    public static func uint32(_ number: UInt32) -> GGUFValue {
        GGUFValue(elementType: .uint32, count: nil, bytes: GGUFBytes.integer(number))
    }

    public static func uint64(_ number: UInt64) -> GGUFValue {
        GGUFValue(elementType: .uint64, count: nil, bytes: GGUFBytes.integer(number))
    }

    public static func float32(_ number: Float) -> GGUFValue {
        GGUFValue(elementType: .float32, count: nil, bytes: GGUFBytes.integer(number.bitPattern))
    }

    public static func strings(_ texts: [String]) -> GGUFValue {
        GGUFValue(elementType: .string, count: texts.count, bytes: Data(texts.flatMap(GGUFBytes.text)))
    }

    public static func int32s(_ numbers: [Int32]) -> GGUFValue {
        GGUFValue(elementType: .int32, count: numbers.count, bytes: Data(numbers.flatMap(GGUFBytes.integer)))
    }

    public static func float32s(_ numbers: [Float]) -> GGUFValue {
        let bytes = numbers.flatMap { GGUFBytes.integer($0.bitPattern) }
        return GGUFValue(elementType: .float32, count: numbers.count, bytes: Data(bytes))
    }
}

/// Numbers and texts as GGUF writes them.
enum GGUFBytes {
    static func integer(_ number: some FixedWidthInteger) -> Data {
        // A copy of the number's own bytes.
        withUnsafeBytes(of: number.littleEndian) { Data($0) }
    }

    /// The length in eight bytes, then the text in UTF-8.
    static func text(_ text: String) -> Data {
        integer(UInt64(text.utf8.count)) + Data(text.utf8)
    }
}
