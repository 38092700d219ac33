/// A table, which scrolls within a box of its own where the page is too narrow.
public struct Table: Sendable {
    public struct Column: Sendable {
        public let title: String
        /// Whether its cells are numbers, which stand at the right.
        public let isNumeric: Bool

        public init(_ title: String, isNumeric: Bool = false) { (self.title, self.isNumeric) = (title, isNumeric) }
    }

    public var columns: [Column]
    /// As many cells in each as there are columns. The first is the row's heading.
    public var rows: [[Markup]]
    /// What the table is called for those who do not see it.
    public var label: String

    public init(_ label: String, columns: [Column], rows: [[Markup]]) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "\(columns.count) cells make a row")
        (self.label, self.columns, self.rows) = (label, columns, rows)
    }

    /// A table of properties without column titles: the name of each, and what it is.
    public static func properties(_ label: String, _ properties: [(name: String, value: Markup)]) -> Markup {
        let rows = properties.map { name, value -> Markup in "<tr><th scope=\"row\">\(name)</th><td>\(value)</td></tr>"
        }
        return boxed(label, className: "properties", "<tbody>\n\(Markup(joining: rows))\n</tbody>")
    }

    public var markup: Markup {
        let titles = columns.map { column -> Markup in
            "<th scope=\"col\"\(Self.alignment(column))>\(column.title)</th>"
        }
        let rows = rows.map { row -> Markup in
            let cells = zip(row, columns).enumerated().map { index, cell -> Markup in
                index == 0
                    ? "<th scope=\"row\">\(cell.0)</th>" : "<td\(Self.alignment(cell.1))>\(cell.0)</td>"
            }
            return "<tr>\(Markup(joining: cells, separator: ""))</tr>"
        }
        return Self.boxed(
            label, className: "columns",
            """
            <thead>
            <tr>\(Markup(joining: titles, separator: ""))</tr>
            </thead>
            <tbody>
            \(Markup(joining: rows))
            </tbody>
            """)
    }

    private static func alignment(_ column: Column) -> Markup { column.isNumeric ? " class=\"number\"" : "" }

    private static func boxed(_ label: String, className: String, _ contents: Markup) -> Markup {
        """
        <div class="scroll" role="region" tabindex="0" aria-label="\(label)">
        <table class="\(className)">
        \(contents)
        </table>
        </div>
        """
    }
}
