import StrictJSON

/// A line with text that is no Unicode: bytes that are not UTF-8, or the escape of a lone surrogate. It is refused by the
/// request and the parameter in which that stands, where they can be told.
struct FaultyText: Sendable {
    /// What is wrong, and where.
    private let reason: String
    /// The id of the request in which it occurs, or null where it cannot be told.
    let id: RequestID
    /// The parameter in which it occurs, where that can be told.
    private let parameter: String?

    /// Returns nil for a line that is UTF-8.
    init?(invalidUTF8In line: [UInt8]) {
        guard String(validating: line, as: UTF8.self) == nil else { return nil }
        // Decoding repairs: each invalid sequence becomes U+FFFD, so the first difference is the first fault.
        let repaired = Array(String(decoding: line, as: UTF8.self).utf8)
        let byte = zip(line, repaired).prefix { $0 == $1 }.count
        self.init(
            "invalid UTF-8 at byte \(byte) of the line: encode the line as UTF-8",
            repaired: repaired, message: try? JSONParser.parse(repaired))
    }

    /// Returns nil for a line that would not be JSON without its lone surrogates either, or has none.
    init?(loneSurrogatesIn line: [UInt8]) {
        var repaired = line
        var firstFault: Int?
        var position = 0
        while position < line.count {
            guard line[position] == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            let unit = Self.escapedUnit(of: line, at: position)
            if let unit, UTF16.isLeadSurrogate(unit), let next = Self.escapedUnit(of: line, at: position + 6),
                UTF16.isTrailSurrogate(next)
            {
                position += 12
            } else if let unit, UTF16.isSurrogate(unit) {
                firstFault = firstFault ?? position
                repaired.replaceSubrange(position + 2..<position + 6, with: "FFFD".utf8)
                position += 6
            } else {
                position += 2
            }
        }
        guard let firstFault, let message = try? JSONParser.parse(repaired) else { return nil }
        self.init(
            "a lone surrogate at byte \(firstFault) of the line: write characters beyond U+FFFF as two escapes, or as UTF-8",
            repaired: repaired, message: message)
    }

    private init(_ reason: String, repaired: [UInt8], message: JSONValue?) {
        self.reason = reason
        id = RequestID(ofMessage: repaired[...]) ?? .null
        parameter = Self.parameter(in: message)
    }

    /// The UTF-16 code unit of the escape that begins at `position`, if one does.
    private static func escapedUnit(of line: [UInt8], at position: Int) -> UInt16? {
        guard position + 6 <= line.count, line[position] == UInt8(ascii: "\\"),
            line[position + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt16(String(decoding: line[position + 2..<position + 6], as: UTF8.self), radix: 16)
    }

    /// The one parameter that holds a replacement character; nil where several do, since any may be at fault.
    private static func parameter(in message: JSONValue?) -> String? {
        guard case .object(let parameters) = message?["params"] else { return nil }
        let repaired = parameters.filter { holdsReplacement($0.value) }
        return repaired.count == 1 ? repaired.first?.name : nil
    }

    private static func holdsReplacement(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.unicodeScalars.contains("\u{FFFD}")
        case .array(let elements): elements.contains(where: holdsReplacement)
        default: false
        }
    }

    var error: RPCError {
        guard let parameter else { return RPCError(.invalidParameters, reason) }
        return .invalid(parameter.shortened, reason)
    }
}
