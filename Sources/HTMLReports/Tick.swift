import Foundation

/// A marked value of an axis.
struct Tick: Equatable {
    let value: Double
    let label: String

    /// The distance of ticks by which `range` has about five of them: one, two or five times a power of ten.
    static func step(for range: ClosedRange<Double>, isWhole: Bool = false) -> Double {
        let rough = (range.upperBound - range.lowerBound) / 5
        let power = pow(10, log10(rough).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.75 } ?? rough
        return isWhole ? max(1, step) : step
    }

    /// Ticks at multiples of `step(for:isWhole:)`.
    static func linear(in range: ClosedRange<Double>, isWhole: Bool = false) -> [Tick] {
        let step = step(for: range, isWhole: isWhole)
        let first = (range.lowerBound / step - 1e-6).rounded(.up)
        return (0..<12).map { (first + Double($0)) * step }
            .filter { $0 <= range.upperBound + step * 1e-6 }
            .map { Tick(value: $0, label: label($0, step: step)) }
    }

    /// Ticks at powers of ten, and between them where there would be fewer than two; for a range that has no such values,
    /// linear ones.
    static func logarithmic(in range: ClosedRange<Double>) -> [Tick] {
        let lowest = log10(range.lowerBound).rounded(.up)
        let decades = log10(range.upperBound / range.lowerBound)
        let stride = max(1, (decades / 6).rounded(.up))
        func ticks(_ factors: [Double], from first: Double, every stride: Double) -> [Tick] {
            (0..<10).flatMap { decade in factors.map { $0 * pow(10, first + Double(decade) * stride) } }
                .filter(range.contains)
                .map { Tick(value: $0, label: Decimals.text($0, significant: 1)) }
        }
        let powers = ticks([1], from: lowest, every: stride)
        if powers.count > 2 { return powers }
        let between = ticks([1, 2, 5], from: lowest - 1, every: 1)
        return between.count > 1 ? between : linear(in: range).filter { $0.value > 0 }
    }

    /// With as many digits as tell ticks apart; thousands and millions by letters.
    private static func label(_ value: Double, step: Double) -> String {
        // A sum that should be zero may miss it by a rounding.
        let value = value.magnitude < step * 1e-6 ? 0 : value
        for (unit, letter) in [(1e6, "M"), (1e3, "k")] where value.magnitude >= unit * 10 || step >= unit {
            if value.magnitude >= 1e12 { break }
            return value == 0 ? "0" : Decimals.text(value / unit, places: places(step / unit)) + letter
        }
        let places = places(step)
        guard places <= 5, value.magnitude < 1e12 else { return Decimals.text(value, significant: 3) }
        return Decimals.text(value, places: places)
    }

    /// Digits after the point by which multiples of `step` differ.
    private static func places(_ step: Double) -> Int { max(0, Int((-log10(step) - 1e-9).rounded(.up))) }
}
