/// A plot laid out: markup in a space of its own, which a page stretches to the width that it has.
struct PlotDrawing {
    let plot: LinePlot
    let x, y: AxisLayout

    private static let width = 480.0
    private static let height = 280.0
    private static let left = 58.0
    private static let right = width - 14
    private static let top = 34.0
    private static let bottom = height - 36
    /// Of letters, a little more than they mostly have.
    private static let letterWidth = 8.0
    private static let runs = 150

    var markup: Markup {
        let label = "\(plot.title): \(plot.y.title) by \(plot.x.title)"
        return """
            <svg viewBox="0 0 \(Self.text(Self.width)) \(Self.text(Self.height))" role="img" aria-label="\(label)">
            \(stretches)
            \(horizontalTicks)
            \(verticalTicks)
            <text x="2" y="12">\(plot.y.title)</text>
            <text x="\(Self.text(Self.right))" y="\(Self.text(Self.height - 4))" text-anchor="end">\(plot.x.title)</text>
            \(Markup(joining: plot.curves.enumerated().map { curve($1, at: $0) }))
            </svg>
            """
    }

    /// Every other stretch stands on a ground of its own.
    private var stretches: Markup {
        let places = plot.stretches.map { stretch in
            (abscissa(stretch.range.lowerBound), abscissa(stretch.range.upperBound))
        }
        func fits(_ text: String, _ place: (Double, Double)) -> Bool {
            Double(text.count) * Self.letterWidth + 4 <= place.1 - place.0
        }
        let isNamed = zip(plot.stretches, places).allSatisfy { fits($0.name, $1) }
        return Markup(
            joining: zip(plot.stretches, places).enumerated().map { index, marked in
                let (stretch, place) = marked
                let label = isNamed ? stretch.name : stretch.shortName
                let name: Markup =
                    fits(label, place)
                    ? """
                    <text x="\(Self.text((place.0 + place.1) / 2))" y="\(Self.text(Self.top - 6))" text-anchor="middle">\
                    \(label)</text>
                    """ : ""
                return """
                    <g><title>\(stretch.name)</title><rect class="\(index.isMultiple(of: 2) ? "plain stretch" : "stretch")" \
                    x="\(Self.text(place.0))" y="\(Self.text(Self.top))" \
                    width="\(Self.text(max(0, place.1 - place.0)))" height="\(Self.text(Self.bottom - Self.top))"/>\(name)</g>
                    """
            })
    }

    private var horizontalTicks: Markup {
        Markup(
            joining: x.ticks.map { tick in
                let place = Self.text(abscissa(tick.value))
                return """
                    <path class="grid" d="M\(place) \(Self.text(Self.bottom))v4"/>\
                    <text x="\(place)" y="\(Self.text(Self.bottom + 16))" text-anchor="middle">\(tick.label)</text>
                    """
            })
    }

    private var verticalTicks: Markup {
        Markup(
            joining: y.ticks.map { tick in
                let place = ordinate(tick.value)
                return """
                    <path class="grid" d="M\(Self.text(Self.left)) \(Self.text(place))H\(Self.text(Self.right))"/>\
                    <text x="\(Self.text(Self.left - 5))" y="\(Self.text(place + 4))" text-anchor="end">\(tick.label)</text>
                    """
            })
    }

    private func curve(_ curve: Curve, at index: Int) -> Markup {
        let points = curve.points.map { point in
            var point = point
            if !(plot.x.shows(point.x) && plot.y.shows(point.y)) { point.y = .nan }
            return point
        }.thinned(runs: Self.runs)
        let line: Markup =
            curve.style == .dots
            ? "" : "<path class=\"\(curve.lineClasses(at: index))\" d=\"\(path(through: points))\"/>"
        let hasDots = curve.style == .dots || curve.style == .dottedLine
        let dots = hasDots ? Markup(joining: points.filter(\.y.isFinite).map(dot)) : ""
        return "<g class=\"\(curve.classes(at: index))\">\(line)\(dots)</g>"
    }

    private func path(through points: [Curve.Point]) -> String {
        var path = ""
        var command = "M"
        for (index, point) in points.enumerated() {
            guard point.y.isFinite else {
                command = "M"
                continue
            }
            path += "\(command)\(Self.text(abscissa(point.x))) \(Self.text(ordinate(point.y)))"
            let isAlone = command == "M" && !(index + 1 < points.count && points[index + 1].y.isFinite)
            // A point between two gaps is a line of no length, which round ends would show; this makes it visible.
            if isAlone { path += "h1" }
            command = "L"
        }
        return path
    }

    private func dot(_ point: Curve.Point) -> Markup {
        let place = abscissa(point.x)
        var interval: Markup = ""
        if let bounds = point.interval, plot.y.shows(bounds.lowerBound), plot.y.shows(bounds.upperBound) {
            let (lower, upper) = (Self.text(ordinate(bounds.lowerBound)), Self.text(ordinate(bounds.upperBound)))
            let (start, end) = (Self.text(place - 4), Self.text(place + 4))
            interval = """
                <path class="interval" fill="none" \
                d="M\(Self.text(place)) \(lower)V\(upper)M\(start) \(lower)H\(end)M\(start) \(upper)H\(end)"/>
                """
        }
        let name: Markup = point.name.map { "<title>\($0)</title>" } ?? ""
        return """
            <g>\(name)\(interval)<circle class="point" cx="\(Self.text(place))" cy="\(Self.text(ordinate(point.y)))" \
            r="3"/></g>
            """
    }

    private func abscissa(_ value: Double) -> Double {
        Self.left + min(max(x.position(of: value), 0), 1) * (Self.right - Self.left)
    }

    private func ordinate(_ value: Double) -> Double {
        Self.bottom - min(max(y.position(of: value), 0), 1) * (Self.bottom - Self.top)
    }

    private static func text(_ coordinate: Double) -> String {
        let text = Decimals.text(coordinate, places: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
