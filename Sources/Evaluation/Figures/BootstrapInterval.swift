import SeededRandom

/// A mean of scores with its 95 % interval, by the percentile bootstrap (Efron 1979).
///
/// The interval tells how far the mean would move with other documents of the same sort. It treats documents, not
/// questions, as independent: the answers about one document stand and fall together.
public struct BootstrapInterval: Sendable, Equatable {
    /// Over questions, whatever document they are about.
    public let mean: Double
    public let lower: Double
    public let upper: Double

    /// Resamples documents, each with all its questions' scores, with replacement `resamples` times; the same seed gives
    /// the same interval. Documents without questions count for nothing.
    ///
    /// Nil where there are no scores.
    public init?(scoresByDocument: [[Double]], resamples: Int = 2000, seed: UInt64 = 0) {
        precondition(resamples > 0, "an interval needs at least one resample")
        let documents = scoresByDocument.filter { !$0.isEmpty }.map { (sum: $0.reduce(0, +), count: $0.count) }
        guard !documents.isEmpty else { return nil }
        var random = RandomSource(seed: seed)
        let means = (0..<resamples).map { _ in
            var (sum, count) = (0.0, 0)
            for _ in documents.indices {
                let document = random.choice(of: documents)
                sum += document.sum
                count += document.count
            }
            return sum / Double(count)
        }.sorted()
        mean = documents.reduce(0) { $0 + $1.sum } / Double(documents.reduce(0) { $0 + $1.count })
        lower = Self.quantile(0.025, of: means)
        upper = Self.quantile(0.975, of: means)
    }

    /// The same for scores that are independent of each other, a document each.
    public init?(scores: [Double], resamples: Int = 2000, seed: UInt64 = 0) {
        self.init(scoresByDocument: scores.map { [$0] }, resamples: resamples, seed: seed)
    }

    /// The value below which `share` of the sorted numbers lie, interpolated between neighbors.
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let position = share * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
}
