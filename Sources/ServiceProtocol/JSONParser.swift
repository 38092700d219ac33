/// A strict parser of JSON (RFC 8259).
///
/// Foundation's takes trailing commas, guesses the encoding, and needs microseconds for each number. This one takes
/// UTF-8 that follows the grammar and nothing else, and says at which byte it does not.
public struct JSONParser: ~Copyable {
    /// How deeply arrays and objects may be nested, so that hostile input cannot exhaust the stack.
    static let depthLimit = 256

    private let text: [UInt8]
    private var position = 0

    /// Parses a text that holds one value.
    ///
    /// - Throws: ``RPCError`` with code ``RPCError/Code/parseError``.
    public static func parse(_ text: [UInt8]) throws(RPCError) -> JSONValue {
        var parser = JSONParser(text)
        let value = try parser.value(depth: 0)
        guard parser.next == nil else { throw parser.error("expected the end of the line") }
        return value
    }

    private init(_ text: [UInt8]) {
        self.text = text
    }

    private mutating func value(depth: Int) throws(RPCError) -> JSONValue {
        guard depth < Self.depthLimit else { throw error("nested more than \(Self.depthLimit) deep") }
        skipWhitespace()
        let value: JSONValue
        switch next {
        case UInt8(ascii: "{"): value = .object(try members(depth: depth))
        case UInt8(ascii: "["): value = .array(try elements(depth: depth))
        case UInt8(ascii: "\""): value = .string(try string())
        case UInt8(ascii: "t"): value = try literal("true", .boolean(true))
        case UInt8(ascii: "f"): value = try literal("false", .boolean(false))
        case UInt8(ascii: "n"): value = try literal("null", .null)
        default: value = try number()
        }
        skipWhitespace()
        return value
    }

    private mutating func members(depth: Int) throws(RPCError) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        position += 1
        skipWhitespace()
        if skip("}") { return members }
        repeat {
            skipWhitespace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a name in quotation marks") }
            let name = try string()
            skipWhitespace()
            guard skip(":") else { throw error("expected a colon") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
        } while skip(",")
        guard skip("}") else { throw error("expected a comma or a closing brace") }
        return members
    }

    private mutating func elements(depth: Int) throws(RPCError) -> [JSONValue] {
        var elements: [JSONValue] = []
        position += 1
        skipWhitespace()
        if skip("]") { return elements }
        repeat {
            elements.append(try value(depth: depth + 1))
        } while skip(",")
        guard skip("]") else { throw error("expected a comma or a closing bracket") }
        return elements
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(RPCError) -> JSONValue {
        for byte in word.description.utf8 {
            guard next == byte else { throw error("expected \(word)") }
            position += 1
        }
        return value
    }

    /// A number: an integer where it has no fraction and fits 64 bits, else the nearest Double, which may be infinite.
    private mutating func number() throws(RPCError) -> JSONValue {
        let start = position
        _ = skip("-")
        if !skip("0") {
            guard skipDigits() else { throw error("expected a value") }
        }
        if skip(".") {
            guard skipDigits() else { throw error("expected a digit") }
        }
        if skip("e") || skip("E") {
            _ = skip("+") || skip("-")
            guard skipDigits() else { throw error("expected a digit") }
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if let integer = Int(digits) { return .integer(integer) }
        guard let number = Double(digits) else { throw error("expected a number") }
        return Int(exactly: number).map { .integer($0) } ?? .number(number)
    }

    private mutating func string() throws(RPCError) -> String {
        var bytes: [UInt8] = []
        position += 1
        while true {
            let start = position
            while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                position += 1
            }
            bytes += text[start..<position]
            if skip("\"") { break }
            guard skip("\\") else { throw error("expected a closing quotation mark") }
            bytes += try escaped()
        }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw error("invalid UTF-8 in a string") }
        return string
    }

    /// The bytes that stand for what follows a backslash.
    private mutating func escaped() throws(RPCError) -> [UInt8] {
        guard let byte = next else { throw error("expected an escaped character") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): break
        default: throw error("expected one of \"\\/bfnrtu after the backslash")
        }
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]), skip("\\"), skip("u") { units.append(try codeUnit()) }
        guard let character = String(validating: units, as: UTF16.self) else { throw error("a lone surrogate") }
        return Array(character.utf8)
    }

    /// The UTF-16 code unit of four hexadecimal digits.
    private mutating func codeUnit() throws(RPCError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw error("expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    private var next: UInt8? {
        position < text.count ? text[position] : nil
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Whether there was at least one digit.
    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position > start
    }

    private mutating func skipWhitespace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private borrowing func error(_ reason: String) -> RPCError {
        RPCError(.parseError, "not JSON at byte \(position): \(reason)")
    }
}
