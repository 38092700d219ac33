import Tensors

/// A mean of scores with its 95 % interval, by the percentile bootstrap (Efron 1979).
///
/// The interval tells how far the mean would move with other questions of the same sort; it takes the scores to be
/// independent of each other.
public struct BootstrapInterval: Sendable, Equatable {
    public let mean: Double
    public let lower: Double
    public let upper: Double

    /// Resamples `scores` with replacement `resamples` times; the same seed gives the same interval.
    ///
    /// Nil where there are no scores.
    public init?(scores: [Double], resamples: Int = 2000, seed: UInt64 = 0) {
        precondition(resamples > 0, "an interval needs at least one resample")
        guard !scores.isEmpty else { return nil }
        var random = RandomSource(seed: seed)
        let means = (0..<resamples).map { _ in
            var sum = 0.0
            for _ in scores.indices { sum += random.choice(of: scores) }
            return sum / Double(scores.count)
        }.sorted()
        mean = scores.reduce(0, +) / Double(scores.count)
        lower = Self.quantile(0.025, of: means)
        upper = Self.quantile(0.975, of: means)
    }

    /// The value below which `share` of the sorted numbers lie, interpolated between neighbors.
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let position = share * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
}
