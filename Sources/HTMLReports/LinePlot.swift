/// Curves over one pair of axes.
public struct LinePlot: Sendable {
    /// A named part of the x axis.
    public struct Stretch: Sendable, Equatable {
        public let name: String
        /// What stands for the name where the plot's names do not fit.
        public let shortName: String
        public let range: ClosedRange<Double>

        public init(_ name: String, shortName: String, _ range: ClosedRange<Double>) {
            (self.name, self.shortName, self.range) = (name, shortName, range)
        }
    }

    public var title: String
    public var x, y: Axis
    public var curves: [Curve]
    /// Marked behind the curves, in ascending order.
    public var stretches: [Stretch]

    public init(_ title: String, x: Axis, y: Axis, curves: [Curve], stretches: [Stretch] = []) {
        (self.title, self.x, self.y, self.curves, self.stretches) = (title, x, y, curves, stretches)
    }

    /// The plot with its title and legend.
    public var figure: Markup {
        "<figure>\n<figcaption>\(title)</figcaption>\n\(legend)\n\(drawing)\n</figure>"
    }

    private var legend: Markup {
        guard curves.count > 1 else { return "" }
        let items = curves.enumerated().map { index, curve -> Markup in
            let classes = curve.classes(at: index)
            let sample: Markup =
                curve.style == .dots
                ? "<circle class=\"point\" cx=\"12\" cy=\"5\" r=\"3.5\"/>"
                : "<path class=\"\(curve.lineClasses(at: index))\" d=\"M0 5H24\"/>"
            return """
                <li><svg class="\(classes)" viewBox="0 0 24 10" aria-hidden="true">\(sample)</svg>\(curve.name)</li>
                """
        }
        return "<ul class=\"legend\">\n\(Markup(joining: items))\n</ul>"
    }

    private var drawing: Markup {
        let shown = curves.flatMap(\.points).filter { x.shows($0.x) && y.shows($0.y) }
        let ordinates = shown.flatMap { [$0.y] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
        guard let xLayout = x.layout(for: shown.map(\.x)), let yLayout = y.layout(for: ordinates) else {
            return .note("Nothing has been recorded.")
        }
        return PlotDrawing(plot: self, x: xLayout, y: yLayout).markup
    }
}

extension Curve {
    func classes(at index: Int) -> String { "series-\((color ?? index) % StyleSheet.seriesColors)" }

    func lineClasses(at index: Int) -> String {
        let isDashed = (color ?? index) >= StyleSheet.seriesColors
        return "line" + (style == .faintLine ? " faint" : "") + (isDashed ? " dashed" : "")
    }
}
