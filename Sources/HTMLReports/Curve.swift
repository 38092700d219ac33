/// Points of a plot that belong together.
public struct Curve: Sendable {
    /// A measured value.
    public struct Point: Sendable, Equatable {
        public var x, y: Double
        /// Where the value may as well lie.
        public var interval: ClosedRange<Double>?
        /// What the reader is told who points at it.
        public var name: String?

        public init(x: Double, y: Double, interval: ClosedRange<Double>? = nil, name: String? = nil) {
            (self.x, self.y, self.interval, self.name) = (x, y, interval, name)
        }
    }

    /// How the points are drawn.
    public enum Style: Sendable, Equatable {
        case line
        /// A thin line behind others.
        case faintLine
        /// Dots on a line.
        case dottedLine
        /// Dots alone.
        case dots
    }

    public var name: String
    /// In ascending order of x. A point that is not finite interrupts a line.
    public var points: [Point]
    public var style: Style
    /// The color's position in the palette; `nil` for the curve's position in its plot. The palette begins again, dashed,
    /// where it ends.
    public var color: Int?

    public init(_ name: String, _ points: [Point], style: Style = .line, color: Int? = nil) {
        (self.name, self.points, self.style, self.color) = (name, points, style, color)
    }

    /// The curve of local means: around each point, every finite value counts 1 - 1/`horizon` times as much as its neighbor
    /// on the near side. So a mean does not lag behind, and a value out of line is soon forgotten.
    ///
    /// - Parameter starts: abscissas, in ascending order, from which on no value before counts, nor those after for what is
    ///   before.
    public func smoothed(
        name: String, horizon: Double, restartingAt starts: [Double] = [], style: Style = .line
    ) -> Curve {
        precondition(horizon >= 1, "a mean of less than one value")
        var means: [Point] = []
        var rest = points[...]
        for start in starts + [.infinity] {
            let piece = rest.prefix { $0.x < start }
            means += Self.localMeans(of: piece, decay: 1 - 1 / horizon)
            rest = rest.dropFirst(piece.count)
        }
        return Curve(name, means, style: style, color: color)
    }

    private static func localMeans(of points: ArraySlice<Point>, decay: Double) -> [Point] {
        let values = points.map(\.y)
        let before = decayingSums(of: values, decay: decay)
        let after = decayingSums(of: values.reversed(), decay: decay).reversed()
        return zip(points, zip(before, after)).map { point, sums in
            guard point.y.isFinite else { return Point(x: point.x, y: .nan) }
            // Both sides hold the point itself.
            return Point(
                x: point.x, y: (sums.0.sum + sums.1.sum - point.y) / (sums.0.weight + sums.1.weight - 1))
        }
    }

    private static func decayingSums(of values: [Double], decay: Double) -> [(sum: Double, weight: Double)] {
        var (sum, weight) = (0.0, 0.0)
        return values.map { value in
            (sum, weight) = (decay * sum, decay * weight)
            if value.isFinite { (sum, weight) = (sum + value, weight + 1) }
            return (sum, weight)
        }
    }
}

extension Collection<Curve.Point> where Index == Int {
    /// At most 4·`runs` of the points, which look the same when drawn: of each run of neighbors the first, the last, the
    /// lowest and the highest (Jugel et al. 2014, "M4"). A gap within a run is closed; a run without any finite value
    /// leaves one.
    func thinned(runs: Int) -> [Curve.Point] {
        guard count > 4 * runs else { return Array(self) }
        return (0..<runs).flatMap { run -> [Curve.Point] in
            let indices = startIndex + count * run / runs..<startIndex + count * (run + 1) / runs
            let finite = indices.filter { self[$0].y.isFinite }
            guard let first = finite.first, let last = finite.last,
                let lowest = finite.min(by: { self[$0].y < self[$1].y }),
                let highest = finite.max(by: { self[$0].y < self[$1].y })
            else { return [self[indices.lowerBound]] }
            return Set([first, last, lowest, highest]).sorted().map { self[$0] }
        }
    }
}
