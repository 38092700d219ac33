import Testing

@testable import MetaTraining

@Suite struct WilsonIntervalTests {
    /// The examples of Newcombe 1998 (Statistics in Medicine 17, table I, method 3).
    @Test(arguments: [
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
    ])
    func publishedIntervals(right: Int, count: Int, lower: Double, upper: Double) throws {
        let interval = try #require(WilsonInterval(share: Double(right) / Double(count), of: count))
        #expect(abs(interval.range.lowerBound - lower) < 5e-5)
        #expect(abs(interval.range.upperBound - upper) < 5e-5)
    }

    @Test func nothingMeasuredHasNoInterval() {
        #expect(WilsonInterval(share: 0, of: 0) == nil)
        #expect(WilsonInterval(share: .nan, of: 3) == nil)
        #expect(WilsonInterval(share: 1.5, of: 3) == nil)
    }
}
