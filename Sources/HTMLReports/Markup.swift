/// A piece of a page: HTML that is well-formed XML too, so that any XML reader can check it.
///
/// Written as a string literal it is markup; what is interpolated is text and is escaped, unless it is markup itself:
///
///     let row: Markup = "<tr><td title=\"\(note)\">\(name)</td>\(moreCells)</tr>"
public struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The markup as it stands in a file.
    public private(set) var source: String

    public init(stringLiteral source: String) { self.source = source }

    public init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

    /// Text, escaped.
    public init(text: some StringProtocol) { source = Self.escaped(text) }

    /// Pieces one after the other.
    public init(joining pieces: some Sequence<Markup>, separator: String = "\n") {
        source = pieces.map(\.source).joined(separator: separator)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        public init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity) }

        public mutating func appendLiteral(_ literal: String) { source += literal }

        public mutating func appendInterpolation(_ text: some StringProtocol) { source += Markup.escaped(text) }

        public mutating func appendInterpolation(_ markup: Markup) { source += markup.source }

        public mutating func appendInterpolation(_ number: Int) { source += String(number) }
    }

    /// Text as it may stand in an element or an attribute. Characters that XML 1.0 has no place for ("Char") become U+FFFD.
    private static func escaped(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;".unicodeScalars
            case "<": result += "&lt;".unicodeScalars
            case ">": result += "&gt;".unicodeScalars
            case "\"": result += "&quot;".unicodeScalars
            case "'": result += "&#39;".unicodeScalars
            case "\t", "\n", "\r": result.append(scalar)
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
