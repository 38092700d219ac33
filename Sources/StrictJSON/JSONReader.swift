/// A strict reader of JSON (RFC 8259) that leaves strings as slices of the text wherever it can.
///
/// Foundation's readers take trailing commas, guess the encoding, need microseconds for each number, and keep one of two
/// names in an object that are canonically equivalent, which loses tokens of a vocabulary. This one takes UTF-8 that follows
/// the grammar and nothing else, and says at which byte it does not.
public struct JSONReader: ~Copyable {
    private let text: [UInt8]
    private let depthLimit: Int
    private var position = 0

    /// Reads a text that holds one value.
    ///
    /// - Parameter depthLimit: how deeply arrays and objects may be nested, so that hostile input cannot exhaust the stack.
    public static func read(_ text: [UInt8], depthLimit: Int) throws(JSONSyntaxError) -> JSONTree {
        var reader = JSONReader(text: text, depthLimit: depthLimit)
        let value = try reader.value(depth: 0)
        guard reader.position == text.count else { throw reader.failure("expected the end of the text") }
        return value
    }

    private init(text: [UInt8], depthLimit: Int) {
        self.text = text
        self.depthLimit = depthLimit
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONTree {
        guard depth < depthLimit else { throw failure("nested more than \(depthLimit) deep") }
        skipWhitespace()
        let value: JSONTree
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

    private mutating func members(depth: Int) throws(JSONSyntaxError) -> [JSONTree.Member] {
        var members: [JSONTree.Member] = []
        position += 1
        skipWhitespace()
        if skip("}") { return members }
        repeat {
            skipWhitespace()
            guard next == UInt8(ascii: "\"") else { throw failure("expected a name in quotation marks") }
            let name = try string()
            skipWhitespace()
            guard skip(":") else { throw failure("expected a colon") }
            members.append(JSONTree.Member(name: name, value: try value(depth: depth + 1)))
        } while skip(",")
        guard skip("}") else { throw failure("expected a comma or a closing brace") }
        return members
    }

    private mutating func elements(depth: Int) throws(JSONSyntaxError) -> [JSONTree] {
        var elements: [JSONTree] = []
        position += 1
        skipWhitespace()
        if skip("]") { return elements }
        repeat {
            elements.append(try value(depth: depth + 1))
        } while skip(",")
        guard skip("]") else { throw failure("expected a comma or a closing bracket") }
        return elements
    }

    private mutating func literal(_ word: StaticString, _ value: JSONTree) throws(JSONSyntaxError) -> JSONTree {
        for byte in word.description.utf8 {
            guard next == byte else { throw failure("expected \(word)") }
            position += 1
        }
        return value
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONTree {
        let start = position
        _ = skip("-")
        if !skip("0") {
            guard skipDigits() else { throw failure("expected a value") }
        }
        if skip(".") {
            guard skipDigits() else { throw failure("expected a digit") }
        }
        if skip("e") || skip("E") {
            _ = skip("+") || skip("-")
            guard skipDigits() else { throw failure("expected a digit") }
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if let integer = Int(digits) { return .integer(integer) }
        guard let number = Double(digits) else { throw failure("expected a number") }
        return .number(number)
    }

    private mutating func string() throws(JSONSyntaxError) -> ArraySlice<UInt8> {
        position += 1
        var start = position
        var unescaped: [UInt8] = []
        var isASCII = true
        while true {
            while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                isASCII = isASCII && byte < 0x80
                position += 1
            }
            if next == UInt8(ascii: "\"") { break }
            guard next == UInt8(ascii: "\\") else { throw failure("expected a closing quotation mark") }
            unescaped += text[start..<position]
            position += 1
            unescaped += try escapedCharacter()
            start = position
        }
        let rest = text[start..<position]
        position += 1
        // Escapes are whole characters, so the text between them must be whole characters as well.
        let string = unescaped.isEmpty ? rest : ArraySlice(unescaped + rest)
        guard isASCII || String(validating: string, as: UTF8.self) != nil else {
            throw failure("invalid UTF-8 in the string that ends here")
        }
        return string
    }

    /// The bytes that stand for what follows a backslash.
    private mutating func escapedCharacter() throws(JSONSyntaxError) -> [UInt8] {
        guard let byte = next else { throw failure("expected an escaped character") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): break
        default: throw failure("expected one of \"\\/bfnrtu after the backslash")
        }
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]), skip("\\"), skip("u") { units.append(try codeUnit()) }
        guard let character = String(validating: units, as: UTF16.self) else {
            throw failure("a lone surrogate")
        }
        return Array(character.utf8)
    }

    /// The UTF-16 code unit of four hexadecimal digits.
    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw failure("expected four hexadecimal digits")
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
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private borrowing func failure(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(byte: position, reason: reason)
    }
}
