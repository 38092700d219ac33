import Foundation

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
