import Testing

import Evaluation

struct BootstrapIntervalTests {
    @Test func resamplesOfTwentyCoinsFollowTheBinomialDistribution() throws {
        // The number of ones in a resample is binomial with n = 20 and p = 1/2, of which 2.07 % lie at 5 or below and
        // 5.77 % at 6 or below: the 2.5 % quantile is 6, and 14 by symmetry the 97.5 % quantile.
        let scores = Array(repeating: [0.0, 1.0], count: 10).flatMap(\.self)
        let interval = try #require(BootstrapInterval(scores: scores, resamples: 20_000))
        #expect(interval.mean == 0.5)
        #expect(abs(interval.lower - 0.30) < 1e-12)
        #expect(abs(interval.upper - 0.70) < 1e-12)
    }

    @Test func manyScoresGiveTheNormalInterval() throws {
        // The variance of 0, 1/n, …, (n−1)/n is 1/12 for large n, that of their mean 1/12n.
        let scores = (0..<200).map { Double($0) / 200 }
        let interval = try #require(BootstrapInterval(scores: scores, seed: 1))
        let halfWidth = 1.96 * (1.0 / 12 / 200).squareRoot()
        #expect(abs(interval.mean - 0.4975) < 1e-12)
        #expect(abs(interval.lower - (interval.mean - halfWidth)) < 0.1 * halfWidth)
        #expect(abs(interval.upper - (interval.mean + halfWidth)) < 0.1 * halfWidth)
    }

    @Test func equalScoresLeaveNoDoubt() throws {
        let interval = try #require(BootstrapInterval(scores: [0.25, 0.25, 0.25]))
        #expect(interval.lower == 0.25 && interval.mean == 0.25 && interval.upper == 0.25)
    }

    @Test func theSeedDeterminesTheInterval() {
        let scores = (0..<50).map { Double($0 * $0 % 7) }
        #expect(BootstrapInterval(scores: scores, seed: 1) == BootstrapInterval(scores: scores, seed: 1))
        #expect(BootstrapInterval(scores: scores, seed: 1) != BootstrapInterval(scores: scores, seed: 2))
    }

    @Test func noScoresGiveNoInterval() {
        #expect(BootstrapInterval(scores: []) == nil)
        #expect(BootstrapInterval(scoresByDocument: [[], []]) == nil)
    }

    @Test func questionsAboutADocumentStandAndFallTogether() throws {
        // Ten questions each about twenty documents, all right or all wrong: as uncertain as one question each.
        let scores = Array(repeating: [0.0, 1.0], count: 10).flatMap(\.self)
        let together = try #require(
            BootstrapInterval(scoresByDocument: scores.map { Array(repeating: $0, count: 10) }))
        let single = try #require(BootstrapInterval(scores: scores))
        #expect(together == single)
        let apart = try #require(
            BootstrapInterval(scores: scores.flatMap { Array(repeating: $0, count: 10) }))
        #expect(together.upper - together.lower > 2 * (apart.upper - apart.lower))
    }

    @Test func aDocumentCountsByItsQuestions() throws {
        let interval = try #require(BootstrapInterval(scoresByDocument: [[1, 1, 1], [], [0]]))
        #expect(interval.mean == 0.75)
        // Both documents are the first in a quarter of the resamples, and the second in another.
        #expect(interval.lower == 0 && interval.upper == 1)
    }
}
