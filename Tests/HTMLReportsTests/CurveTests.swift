import Testing

@testable import HTMLReports

@Suite struct CurveTests {
    private func points(_ values: [Double]) -> [Curve.Point] {
        values.enumerated().map { .init(x: Double($0), y: $1) }
    }

    @Test func thinningKeepsEndsAndExtremes() {
        var values = (0..<100_000).map { Double($0 % 97) }
        values[33_700] = 1e6
        values[66_900] = -1e6
        let thinned = points(values).thinned(runs: 150)
        #expect(thinned.count <= 600)
        #expect(thinned.first?.x == 0 && thinned.last?.x == 99_999)
        #expect(thinned.contains { $0.x == 33_700 && $0.y == 1e6 })
        #expect(thinned.contains { $0.x == 66_900 && $0.y == -1e6 })
        #expect(zip(thinned, thinned.dropFirst()).allSatisfy { $0.x < $1.x })
    }

    @Test func shortCurvesStayAsTheyAre() {
        let few = points([3, .nan, 1])
        #expect(few.thinned(runs: 150).map(\.x) == [0, 1, 2])
    }

    @Test func aLongGapStaysAGap() {
        var values = [Double](repeating: 1, count: 10_000)
        for index in 4000..<6000 { values[index] = .nan }
        values[10] = .infinity
        let thinned = points(values).thinned(runs: 100)
        let gap = thinned.filter { !$0.y.isFinite }
        #expect(!gap.isEmpty && gap.allSatisfy { (4000..<6000).contains(Int($0.x)) })
    }

    /// With a horizon of 2 a neighbor counts half, the next a quarter.
    @Test func localMeans() {
        let means = Curve("", points([4, 0, 8])).smoothed(name: "mean", horizon: 2).points.map(\.y)
        #expect(abs(means[0] - (4 + 0 + 2) / 1.75) < 1e-12)
        #expect(abs(means[1] - (2 + 0 + 4) / 2) < 1e-12)
        #expect(abs(means[2] - (1 + 0 + 8) / 1.75) < 1e-12)
    }

    @Test func localMeansBeginAgainWhereTheyAreToldTo() {
        let means = Curve("", points([4, 0, 8, 16])).smoothed(name: "mean", horizon: 2, restartingAt: [0, 2]).points
        #expect(means.map(\.x) == [0, 1, 2, 3])
        for (found, expected) in zip(means.map(\.y), [4 / 1.5, 2 / 1.5, 16 / 1.5, 20 / 1.5]) {
            #expect(abs(found - expected) < 1e-12)
        }
    }

    @Test func localMeansPassOverWhatIsNotFinite() {
        let means = Curve("", points([4, .nan, 8])).smoothed(name: "mean", horizon: 2).points.map(\.y)
        #expect(abs(means[0] - (4 + 2) / 1.25) < 1e-12)
        #expect(means[1].isNaN)
        #expect(abs(means[2] - (1 + 8) / 1.25) < 1e-12)
    }
}
