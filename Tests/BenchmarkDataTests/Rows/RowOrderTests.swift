import Testing

@testable import BenchmarkData

struct RowOrderTests {
    @Test func eachEpochDrawsEachRowOnce() {
        for count in Array(1...300) + [1023, 1024, 1025, 10_007] {
            let order = RowOrder(count: count, seed: UInt64(count))
            for epoch in count > 300 ? 0..<1 : 0..<3 {
                var isDrawn = [Bool](repeating: false, count: count)
                for place in 0..<count {
                    let index = order.index(ofDraw: epoch * count + place)
                    #expect(!isDrawn[index])
                    isDrawn[index] = true
                }
            }
        }
    }

    @Test func drawsStayWithinCountsOfAnySize() {
        for count in [Int.max, Int.max - 1, 1 << 62, 3_037_000_499 * 3_037_000_499, 1 << 40] {
            let order = RowOrder(count: count, seed: 3)
            let drawn = Set([0, 1, 2, count / 2, count - 2, count - 1].map { order.index(ofDraw: $0) })
            #expect(drawn.count == 6)
            #expect(drawn.allSatisfy { (0..<count).contains($0) })
        }
        #expect(RowOrder(count: 1, seed: 0).index(ofDraw: .max) == 0)
    }

    @Test func epochsAndSeedsDiffer() {
        let order = RowOrder(count: 100, seed: 1)
        let epochs = (0..<50).map { epoch in (0..<100).map { order.index(ofDraw: epoch * 100 + $0) } }
        let other = RowOrder(count: 100, seed: 2)
        #expect(Set(epochs).union([(0..<100).map { other.index(ofDraw: $0) }]).count == 51)
        #expect(order == RowOrder(count: 100, seed: 1))
    }

    /// Over epochs each row comes in each place equally often: 8 places and rows, 4,000 epochs, 500 expected in each
    /// of 64 cells. For orders drawn evenly the statistic is 8/7 of a χ² of 49 degrees of freedom: 56 on average, and
    /// above 100 for 1 seed in 1,600.
    @Test func placesAreEven() {
        let order = RowOrder(count: 8, seed: 11)
        var counts = [[Double]](repeating: Array(repeating: 0, count: 8), count: 8)
        for draw in 0..<32_000 { counts[draw % 8][order.index(ofDraw: draw)] += 1 }
        let statistic = counts.joined().map { ($0 - 500) * ($0 - 500) / 500 }.reduce(0, +)
        #expect(statistic < 100, "\(statistic)")
    }

    /// Rows that follow each other in the file are a third of the file apart in the order, on average, and neighbours
    /// in the order are as far apart in the file.
    @Test func theOrderIsSpread() {
        let count = 9_000
        let order = RowOrder(count: count, seed: 5)
        let drawn = (0..<count).map { order.index(ofDraw: $0) }
        var places = [Int](repeating: 0, count: count)
        for (place, index) in drawn.enumerated() { places[index] = place }
        for sequence in [drawn, places] {
            let distances = zip(sequence, sequence.dropFirst()).map { abs($0 - $1) }
            let mean = Double(distances.reduce(0, +)) / Double(distances.count) / Double(count)
            #expect(abs(mean - 1.0 / 3) < 0.02, "\(mean)")
        }
    }
}
