/// Text whose parts are shaded by a number, such as tokens by their weight.
public struct ShadedText: Sendable {
    /// A part of a line.
    public struct Part: Sendable, Equatable {
        public let text: String
        /// `nil` for text without a number, which is not shaded.
        public let value: Double?

        public init(_ text: String, value: Double?) { (self.text, self.value) = (text, value) }
    }

    public var lines: [[Part]]
    /// The values that get the faintest and the strongest shade.
    public var range: ClosedRange<Double>

    public init(lines: [[Part]], range: ClosedRange<Double>) { (self.lines, self.range) = (lines, range) }

    public var markup: Markup {
        let lines = lines.map { line -> Markup in
            "<li>\(Markup(joining: line.map(markup), separator: ""))</li>"
        }
        return "<ul class=\"shaded\">\n\(Markup(joining: lines))\n</ul>"
    }

    private func markup(of part: Part) -> Markup {
        guard let value = part.value else { return "<span>\(part.text)</span>" }
        let title = Decimals.text(value, significant: 3)
        return "<span class=\"\(Shade.className(position(of: value)))\" title=\"\(title)\">\(part.text)</span>"
    }

    private func position(of value: Double) -> Double {
        guard range.lowerBound < range.upperBound else { return 0.5 }
        return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// The shades from one end of the range to the other, with the values there.
    public var scale: Markup {
        let steps = stride(from: 0.0, through: 1, by: 0.125).map { position -> Markup in
            "<span class=\"\(Shade.className(position))\"></span>"
        }
        return """
            <span class="scale">\(Decimals.text(range.lowerBound, significant: 3)) \
            \(Markup(joining: steps, separator: "")) \(Decimals.text(range.upperBound, significant: 3))</span>
            """
    }
}
