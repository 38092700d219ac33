/// The 95 % interval of a share, by how many trials it was found in (Wilson 1927).
struct WilsonInterval: Equatable {
    let range: ClosedRange<Double>

    /// `nil` where nothing was tried, or the share is none.
    init?(share: Double, of count: Int) {
        guard count > 0, (0...1).contains(share) else { return nil }
        let quantile = 1.959_963_984_540_054
        let n = Double(count)
        let ratio = quantile * quantile / n
        let center = (share + ratio / 2) / (1 + ratio)
        let half = quantile / (1 + ratio) * (share * (1 - share) / n + ratio / (4 * n)).squareRoot()
        range = max(0, center - half)...min(1, center + half)
    }
}
