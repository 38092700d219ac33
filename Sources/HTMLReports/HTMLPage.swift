/// A page in one file: it needs no script and fetches nothing.
public struct HTMLPage: Sendable {
    /// A part of the page below a heading.
    public struct Section: Sendable {
        public let heading: String
        public let contents: [Markup]

        public init(_ heading: String, _ contents: [Markup]) {
            self.heading = heading
            self.contents = contents
        }
    }

    public let title: String
    /// What stands below the title.
    public let introduction: Markup
    public let sections: [Section]

    public init(title: String, introduction: Markup, sections: [Section]) {
        self.title = title
        self.introduction = introduction
        self.sections = sections
    }

    /// The whole file.
    public var source: String {
        let sections = Markup(
            joining: sections.map { "<section>\n<h2>\($0.heading)</h2>\n\(Markup(joining: $0.contents))\n</section>" })
        // An empty icon keeps browsers from asking for one.
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <link rel="icon" href="data:,"/>
            <title>\(title)</title>
            <style>
            \(StyleSheet.markup)
            </style>
            </head>
            <body>
            <main>
            <header>
            <h1>\(title)</h1>
            \(introduction)
            </header>
            \(sections)
            </main>
            </body>
            </html>

            """
        return page.source
    }
}

extension Markup {
    /// A paragraph of text.
    public static func paragraph(_ text: Markup) -> Markup { "<p>\(text)</p>" }

    /// A remark in smaller, fainter letters.
    public static func note(_ text: Markup) -> Markup { "<p class=\"note\">\(text)</p>" }

    /// Figures side by side where there is room, else one below the other.
    public static func figures(_ figures: [Markup]) -> Markup {
        "<div class=\"figures\">\n\(Markup(joining: figures))\n</div>"
    }

    /// Two pieces side by side where there is room, else one below the other.
    public static func beside(_ left: Markup, _ right: Markup) -> Markup {
        "<div class=\"beside\">\n<div>\n\(left)\n</div>\n<div>\n\(right)\n</div>\n</div>"
    }

    /// Preformatted text that is folded away below its summary.
    public static func folded(_ summary: String, text: String) -> Markup {
        "<details><summary>\(summary)</summary>\n<pre tabindex=\"0\">\(text)</pre></details>"
    }
}
