import Testing

@testable import HTMLReports

@Suite struct TickTests {
    private func labels(_ range: ClosedRange<Double>, isWhole: Bool = false) -> [String] {
        Tick.linear(in: range, isWhole: isWhole).map(\.label)
    }

    @Test func linearTicksAreRound() {
        #expect(labels(0...1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(labels(251...2429) == ["500", "1000", "1500", "2000"])
        #expect(labels(0...0.0007) == ["0.0000", "0.0002", "0.0004", "0.0006"])
        #expect(labels(0...100_000) == ["0", "20k", "40k", "60k", "80k", "100k"])
        #expect(labels(-1...1) == ["-1.0", "-0.5", "0.0", "0.5", "1.0"])
    }

    @Test func stepsHaveNoFractions() {
        #expect(labels(1...3, isWhole: true) == ["1", "2", "3"])
        #expect(labels(1...3).contains("1.5"))
    }

    @Test func logarithmicTicksArePowersOfTenOrPartsOfThem() {
        #expect(Tick.logarithmic(in: 0.0005...30).map(\.label) == ["0.001", "0.01", "0.1", "1", "10"])
        #expect(Tick.logarithmic(in: 0.04...2.5).map(\.label) == ["0.05", "0.1", "0.2", "0.5", "1", "2"])
        #expect(Tick.logarithmic(in: 1e-30...1e30).count < 10)
        #expect(Tick.logarithmic(in: 3...4).count > 1)
    }

    /// Whatever a file may hold, an axis has a finite length and a few ticks within it, each with a label of its own.
    @Test(
        arguments: [
            [0, 0], [5, 5], [-3, -3], [1e299, -1e299], [1e-299, 2e-299], [1e16, 1e16 + 2],
            [.leastNonzeroMagnitude, .leastNonzeroMagnitude],
            [0, .leastNonzeroMagnitude],
            [1e-300, 1e299], [0.1, 0.1 + 1e-12], [7e11, 9e11], [-2, 1e6],
        ] as [[Double]]) func anyRangeHasTicks(values: [Double]) throws
    {
        for scale in [Axis.Scale.linear, .logarithmic] {
            let axis = Axis("", scale: scale)
            guard values.contains(where: axis.shows) else { continue }
            let layout = try #require(axis.layout(for: values))
            #expect((layout.range.upperBound - layout.range.lowerBound).isFinite)
            #expect((1...12).contains(layout.ticks.count), "\(scale) \(layout)")
            #expect(Set(layout.ticks.map(\.label)).count == layout.ticks.count, "\(scale) \(layout)")
            for value in values where axis.shows(value) {
                #expect((0...1).contains(layout.position(of: value)), "\(scale) \(layout)")
            }
        }
    }

    @Test func valuesWithoutAPlaceAreNotLaidOut() {
        #expect(Axis("").layout(for: [.nan, .infinity, 1e301]) == nil)
        #expect(Axis("", scale: .logarithmic).layout(for: [0, -1]) == nil)
        #expect(Axis("", including: [0, 1]).layout(for: [] as [Double]) == nil)
    }

    @Test func scalesFitTheirValues() {
        #expect(Axis.Scale.fitting([1, 30, .nan]) == .logarithmic)
        #expect(Axis.Scale.fitting([1, 10]) == .linear)
        #expect(Axis.Scale.fitting([0, 1, 1000]) == .linear)
        #expect(Axis.Scale.fitting([] as [Double]) == .linear)
    }

    @Test func positionsFollowTheScale() {
        let logarithmic = AxisLayout(1...100, scale: .logarithmic)
        #expect(abs(logarithmic.position(of: 10) - 0.5) < 1e-12)
        let linear = AxisLayout(0...100, scale: .linear, isTight: true)
        #expect(linear.position(of: 25) == 0.25)
    }
}
