/// Follows the brackets and strings of JSON byte by byte, to tell where the rows begin that stand inside certain ones.
///
/// It checks nothing else: what it takes for a row may not be one. A line's end closes a string, which JSON does not
/// let go on over it, so that a missing quotation mark does harm on its line only.
struct ValueScanner {
    enum Event { case nothing, rowBegins, surplus }

    /// The brackets around rows, the outermost first: "[" for a list of rows, none for rows one after the other.
    private let brackets: [UInt8]
    /// How many brackets are open, and how many of the outermost ones are those around rows.
    private var depth = 0
    private var matching = 0
    private var isInString = false
    private var isEscaped = false
    private var awaitsRow: Bool
    private var hasEnded = false

    init(inside brackets: [UInt8]) {
        self.brackets = brackets
        awaitsRow = brackets.isEmpty
    }

    /// Whether the file may not end here.
    var isOpen: Bool { depth > 0 || isInString }

    /// Whether the innermost open bracket is that of the rows.
    private var isBetweenRows: Bool { depth == brackets.count && matching == depth }

    mutating func read(_ byte: UInt8) -> Event {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n") {
                isInString = false
            }
            return .nothing
        }
        guard !byte.isSpace else { return .nothing }
        guard !hasEnded else { return .surplus }
        let endsList = !brackets.isEmpty && byte == UInt8(ascii: "]")
        let begins = awaitsRow && isBetweenRows && !endsList
        if begins { awaitsRow = false }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): open(byte)
        case UInt8(ascii: "]"), UInt8(ascii: "}"): close()
        case UInt8(ascii: ",") where isBetweenRows && !brackets.isEmpty && !begins: awaitsRow = true
        default: break
        }
        return begins ? .rowBegins : .nothing
    }

    private mutating func open(_ byte: UInt8) {
        if matching == depth, depth < brackets.count, brackets[depth] == byte { matching += 1 }
        depth += 1
        if isBetweenRows { awaitsRow = true }
    }

    private mutating func close() {
        depth = max(0, depth - 1)
        matching = min(matching, depth)
        awaitsRow = brackets.isEmpty && depth == 0
        hasEnded = !brackets.isEmpty && depth == 0
    }

    /// How many of `bytes` the value takes that they begin with; all of them where it is not closed.
    static func length(of bytes: ArraySlice<UInt8>) -> Int {
        var scanner = ValueScanner(inside: [])
        for (index, byte) in bytes.enumerated() {
            let isBetween = !scanner.isOpen && (byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]"))
            if isBetween { return index }
            let wasOpen = scanner.isOpen
            _ = scanner.read(byte)
            if wasOpen, !scanner.isOpen { return index + 1 }
        }
        return bytes.count
    }
}
