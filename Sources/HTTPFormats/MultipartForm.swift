/// A form that was sent in parts (`multipart/form-data`, RFC 7578 and RFC 2046, section 5.1).
public struct MultipartForm: Sendable, Equatable {
    /// One field of the form.
    public struct Part: Sendable, Equatable {
        /// The field's name.
        public var name: String
        /// The name of the file that was sent, where one was.
        public var fileName: String?
        /// What was sent, as it is.
        public var content: ArraySlice<UInt8>
    }

    public var parts: [Part]

    /// The most parts of a form.
    public static let partLimit = 256
    /// The most bytes of a part's headers.
    static let headerLimit = 8_192

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: The request's body.
    ///   - contentType: The value of the request's header `Content-Type`, which names the boundary.
    /// - Throws: ``MultipartError``.
    public init(_ body: [UInt8], contentType: String) throws(MultipartError) {
        guard let media = HeaderValue(contentType), media.value == "multipart/form-data",
            let boundary = media.parameters["boundary"], (1...70).contains(boundary.utf8.count)
        else { throw .noBoundary }
        let delimiter = Self.lineEnd + Array("--\(boundary)".utf8)
        // What stands before the first delimiter is no part; that one may begin the body.
        var rest = ArraySlice(Self.lineEnd + body)
        guard let first = rest.firstRange(of: delimiter) else { throw .noPart }
        rest = rest[first.upperBound...]
        parts = []
        while !rest.starts(with: "--".utf8) {
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            guard rest.starts(with: Self.lineEnd) else { throw .malformedDelimiter }
            guard let end = rest.firstRange(of: delimiter) else { throw .unfinished }
            guard parts.count < Self.partLimit else { throw .tooManyParts }
            parts.append(try Part(rest[..<end.lowerBound].dropFirst(Self.lineEnd.count)))
            rest = rest[end.upperBound...]
        }
    }
}

extension MultipartForm.Part {
    /// Reads the headers and the content of one part.
    fileprivate init(_ text: ArraySlice<UInt8>) throws(MultipartError) {
        // A part without headers begins with an empty line, and has no name.
        guard let end = text.prefix(MultipartForm.headerLimit).firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A]),
            let headers = String(validating: text[..<end.lowerBound], as: UTF8.self)
        else { throw .malformedHeaders }
        content = text[end.upperBound...]
        // Two characters that end a line are one `Character`.
        for line in headers.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { throw .malformedHeaders }
            guard line[..<colon].lowercased() == "content-disposition" else { continue }
            guard let disposition = HeaderValue(String(line[line.index(after: colon)...])),
                disposition.value == "form-data", let name = disposition.parameters["name"]
            else { throw .malformedHeaders }
            (self.name, fileName) = (name, disposition.parameters["filename"])
            return
        }
        throw .malformedHeaders
    }
}

/// The value of a header with its parameters: `form-data; name="file"` (RFC 9110, section 5.6.6).
struct HeaderValue {
    /// In lower case.
    let value: String
    /// By their names in lower case.
    private(set) var parameters: [String: String] = [:]

    init?(_ text: String) {
        var rest = Substring(text)
        value = Self.trimmed(rest.prefix { $0 != ";" }).lowercased()
        rest = rest.drop { $0 != ";" }
        while rest.popFirst() != nil {
            rest = rest.drop(while: \.isWhitespace)
            // A semicolon may end the value.
            if rest.isEmpty { break }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = Self.trimmed(rest[..<equals]).lowercased()
            rest = rest[equals...].dropFirst()
            guard let parameter = Self.parameterValue(&rest), parameters.updateValue(parameter, forKey: name) == nil
            else { return nil }
            rest = rest.drop(while: \.isWhitespace)
            guard rest.isEmpty || rest.first == ";" else { return nil }
        }
    }

    /// Takes a token, or a text in quotation marks, off the beginning of `rest`.
    private static func parameterValue(_ rest: inout Substring) -> String? {
        guard rest.first == "\"" else {
            let token = rest.prefix { $0 != ";" }
            rest = rest[token.endIndex...]
            return trimmed(token)
        }
        rest.removeFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\" {
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            } else {
                value.append(character)
            }
            if rest.isEmpty { return nil }
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// Why a body is no form.
public enum MultipartError: Error, Equatable, Sendable, CustomStringConvertible {
    case noBoundary
    case noPart
    case malformedDelimiter
    case malformedHeaders
    case unfinished
    case tooManyParts

    public var description: String {
        switch self {
        case .noBoundary: "the header Content-Type must be multipart/form-data with a boundary of 1 to 70 characters"
        case .noPart: "the body has no part: begin each with the boundary"
        case .malformedDelimiter: "a boundary is followed by neither the end of its line nor two hyphens"
        case .malformedHeaders: "a part's headers must be UTF-8 with a Content-Disposition: form-data that has a name"
        case .unfinished: "the body ends within a part: end it with the boundary and two hyphens"
        case .tooManyParts: "the form has more than \(MultipartForm.partLimit) parts: send fewer"
        }
    }
}

extension Collection where Element: Equatable {
    /// Where `pattern`, which is not empty, stands first.
    fileprivate func firstRange(of pattern: [Element]) -> Range<Index>? {
        var start = startIndex
        while let candidate = self[start...].firstIndex(of: pattern[0]) {
            if self[candidate...].starts(with: pattern) {
                return candidate..<index(candidate, offsetBy: pattern.count)
            }
            start = index(after: candidate)
        }
        return nil
    }
}
