/// Numbers in rows and columns, shaded from the least to the greatest, or within a range that several maps have in
/// common.
public struct HeatMap: Sendable {
    public var title: String
    public var rowTitle, columnTitle: String
    public var rows, columns: [String]
    /// By row, then column. What is not finite is left blank.
    public var values: [[Double]]
    /// Whether equal ratios, rather than equal differences, differ equally in shade; values are then above zero.
    public var scale: Axis.Scale
    /// The values of the faintest and the strongest shade; the least and the greatest value unless given.
    public var range: ClosedRange<Double>?

    public init(
        _ title: String, rowTitle: String, rows: [String], columnTitle: String, columns: [String], values: [[Double]],
        scale: Axis.Scale = .linear, range: ClosedRange<Double>? = nil
    ) {
        precondition(
            values.count == rows.count && values.allSatisfy { $0.count == columns.count },
            "\(rows.count) × \(columns.count) values are needed")
        (self.title, self.rowTitle, self.columnTitle) = (title, rowTitle, columnTitle)
        (self.rows, self.columns, self.values) = (rows, columns, values)
        (self.scale, self.range) = (scale, range)
    }

    private static let width = 480.0
    private static let left = 56.0
    private static let top = 34.0
    private static let rowHeight = 22.0
    /// The width that a value of three digits needs.
    private static let valueWidth = 58.0

    /// The map with its title.
    public var figure: Markup {
        let height = Self.top + Double(rows.count) * Self.rowHeight + 2
        let finite = values.joined().filter(\.isFinite)
        let extent = finite.min().flatMap { lower in finite.max().map { lower...$0 } }
        let layout = (range ?? extent).map { AxisLayout($0, scale: scale, isTight: true) }
        return """
            <figure>
            <figcaption>\(title)</figcaption>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" aria-label="\(title)">
            <text x="2" y="12">\(rowTitle)</text>
            <text x="\(Decimals.text(Self.left + cellWidth * Double(columns.count) - 1, places: 1))" y="12" text-anchor="end">\(columnTitle)</text>
            \(columnNames)
            \(Markup(joining: rows.indices.map { row($0, shades: layout) }))
            </svg>
            </figure>
            """
    }

    /// No wider than reads well, where there are few columns.
    private var cellWidth: Double { min(110, (Self.width - Self.left) / Double(max(1, columns.count))) }

    private var columnNames: Markup {
        // As many as fit.
        let interval = max(1, Int((30 / cellWidth).rounded(.up)))
        return Markup(
            joining: stride(from: 0, to: columns.count, by: interval).map { column in
                let place = Decimals.text(Self.left + (Double(column) + 0.5) * cellWidth, places: 1)
                return "<text x=\"\(place)\" y=\"28\" text-anchor=\"middle\">\(columns[column])</text>"
            })
    }

    private func row(_ row: Int, shades: AxisLayout?) -> Markup {
        let y = Self.top + Double(row) * Self.rowHeight
        let baseline = Decimals.text(y + 15, places: 0)
        let name: Markup =
            "<text x=\"\(Int(Self.left) - 8)\" y=\"\(baseline)\" text-anchor=\"end\">\(rows[row])</text>"
        let cells = columns.indices.filter { values[row][$0].isFinite }.map { column -> Markup in
            let value = Decimals.text(values[row][column], significant: 3)
            let x = Self.left + Double(column) * cellWidth
            let label: Markup =
                cellWidth < Self.valueWidth
                ? ""
                : """
                <text class="value" x="\(Decimals.text(x + cellWidth / 2, places: 1))" y="\(baseline)" \
                text-anchor="middle">\(value)</text>
                """
            return """
                <g><title>\(rowTitle) \(rows[row]), \(columnTitle) \(columns[column]): \(value)</title>\
                <rect class="\(Shade.className(shades?.position(of: values[row][column]) ?? 0))" \
                x="\(Decimals.text(x, places: 1))" y="\(Decimals.text(y, places: 0))" \
                width="\(Decimals.text(max(1, cellWidth - 1), places: 1))" \
                height="\(Decimals.text(Self.rowHeight - 1, places: 0))"/>\(label)</g>
                """
        }
        return Markup(joining: [name] + cells)
    }
}
