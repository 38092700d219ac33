import Foundation

/// An axis of a plot.
public struct Axis: Sendable {
    /// How values are laid along the axis.
    public enum Scale: Sendable, Equatable {
        case linear
        /// Equal ratios take equal lengths; values that are not above zero have no place.
        case logarithmic

        /// Logarithmic for values above zero that differ by more than a factor of `ratio`.
        public static func fitting(_ values: some Sequence<Double>, ratio: Double = 20) -> Scale {
            var lower = Double.infinity
            var upper = 0.0
            for value in values where value.isFinite {
                guard value > 0 else { return .linear }
                (lower, upper) = (min(lower, value), max(upper, value))
            }
            return upper / lower > ratio ? .logarithmic : .linear
        }
    }

    public var title: String
    public var scale: Scale
    /// Values that the axis reaches at least.
    public var included: [Double]
    /// Whether only whole numbers have a meaning, such as steps.
    public var isWhole: Bool
    /// Whether the axis ends at its data, rather than at round numbers.
    public var isTight: Bool

    public init(
        _ title: String, scale: Scale = .linear, including included: [Double] = [], isWhole: Bool = false,
        isTight: Bool = false
    ) {
        self.title = title
        self.scale = scale
        self.included = included
        self.isWhole = isWhole
        self.isTight = isTight
    }

    /// Whether a value has a place on the axis. Sums of a few numbers beyond the bounds could overflow.
    func shows(_ value: Double) -> Bool {
        switch scale {
        case .linear: value.magnitude < 1e300
        case .logarithmic: value > 1e-300 && value < 1e300
        }
    }

    /// The axis laid out for data; `nil` where nothing has a place on it.
    func layout(for values: some Sequence<Double>) -> AxisLayout? {
        var lower = Double.infinity
        var upper = -Double.infinity
        for value in values where shows(value) { (lower, upper) = (min(lower, value), max(upper, value)) }
        guard lower <= upper else { return nil }
        for value in included where shows(value) { (lower, upper) = (min(lower, value), max(upper, value)) }
        return AxisLayout(lower...upper, scale: scale, isWhole: isWhole, isTight: isTight)
    }
}

/// The range of an axis with its ticks.
struct AxisLayout {
    let scale: Axis.Scale
    let range: ClosedRange<Double>
    let ticks: [Tick]

    init(_ data: ClosedRange<Double>, scale: Axis.Scale, isWhole: Bool = false, isTight: Bool = false) {
        self.scale = scale
        var range = Self.widened(data, scale: scale)
        if !isTight, scale == .linear {
            let step = Tick.step(for: range, isWhole: isWhole)
            range = (range.lowerBound / step).rounded(.down) * step...(range.upperBound / step).rounded(.up) * step
        }
        self.range = range
        ticks = scale == .linear ? Tick.linear(in: range, isWhole: isWhole) : Tick.logarithmic(in: range)
    }

    /// A range that has a length even where all data are one value, and on a logarithmic axis a margin.
    private static func widened(_ data: ClosedRange<Double>, scale: Axis.Scale) -> ClosedRange<Double> {
        let (lower, upper) = (data.lowerBound, data.upperBound)
        switch scale {
        case .linear:
            let size = max(lower.magnitude, upper.magnitude)
            guard upper - lower <= max(size * 1e-6, 1e-290) else { return data }
            let margin = size < 1e-290 ? 1 : size / 2
            return lower - margin...upper + margin
        case .logarithmic:
            let factor = upper / lower < 1.5 ? 2 : pow(upper / lower, 0.04)
            return lower / factor...upper * factor
        }
    }

    /// How far along the axis a value lies: 0 at the lower end, 1 at the upper.
    func position(of value: Double) -> Double {
        switch scale {
        case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        case .logarithmic: log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
        }
    }
}
