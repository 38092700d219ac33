/// A JSON value (RFC 8259) as it stands in a text.
///
/// Strings are bytes of UTF-8: Swift compares `String`s by canonical equivalence, so two different names of an object, or
/// tokens of a vocabulary, could be equal as `String`s.
public enum JSONTree: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// A number written without a fraction or an exponent that fits 64 bits.
    case integer(Int)
    /// Any other number, as the nearest Double, which may be infinite.
    case number(Double)
    case string(ArraySlice<UInt8>)
    case array([JSONTree])
    /// In the order of the text; names may occur twice.
    case object([Member])

    /// A name and its value within an object.
    public struct Member: Sendable, Equatable {
        public let name: ArraySlice<UInt8>
        public let value: JSONTree
    }
}

/// Where a text stops being JSON.
public struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Bytes before the fault.
    public let byte: Int
    /// What is wrong there: "expected a colon".
    public let reason: String

    public var description: String { "at byte \(byte): \(reason)" }
}
