import BenchmarkDataSupport
import Foundation
import Testing

import Evaluation

/// What rank_bm25 makes of the same words (Fixtures/metrics/record.py).
private struct RecordedRanking: Decodable {
    struct Query: Decodable {
        let query: String
        let scores: [Double]
    }

    let segments: [String]
    let queries: [Query]
}

struct BM25Tests {
    @Test func scoresAreThoseOfAnIndependentImplementation() throws {
        let recorded = try JSONDecoder().decode(RecordedRanking.self, from: metricsFixture("bm25.json"))
        let index = BM25(segments: recorded.segments)
        for query in recorded.queries {
            let scores = index.scores(for: query.query)
            #expect(scores.count == query.scores.count)
            for (score, expected) in zip(scores, query.scores) { #expect(abs(score - expected) < 1e-12) }
            let best = query.scores.indices.filter { query.scores[$0] > 0 }.sorted {
                query.scores[$0] == query.scores[$1] ? $0 < $1 : query.scores[$0] > query.scores[$1]
            }
            #expect(index.top(7, for: query.query) == best.prefix(7).sorted())
        }
    }

    @Test func theFormulaByHand() {
        // "dog" stands twice in the first of two segments, of 3 and 1 words: N = 2, n = 1, f = 2, l = 3, mean 2.
        let scores = BM25(segments: ["dog Dog cat", "bird"]).scores(for: "dog")
        let saturation = 1.2 * (1 - 0.75 + 0.75 * 3 / 2)
        #expect(abs(scores[0] - log(2.0) * 2 * 2.2 / (2 + saturation)) < 1e-12)
        #expect(scores[1] == 0)
    }

    @Test func theBestSegmentsComeInTheDocumentsOrder() {
        let index = BM25(segments: ["a dog", "cats", "dog dog", "", "the dog, the cats", "dog here"])
        #expect(index.top(2, for: "dog cats") == [1, 4])
        // The first and the last are as good; the earlier is taken.
        #expect(index.top(2, for: "Dog?") == [0, 2])
        #expect(index.top(99, for: "dog") == [0, 2, 4, 5])
        #expect(index.top(3, for: "bird") == [])
        #expect(index.top(3, for: "") == [])
        #expect(index.top(0, for: "dog") == [])
    }

    @Test func aWordOfEverySegmentStillCounts() {
        let scores = BM25(segments: ["dog", "dog", "dog"]).scores(for: "dog")
        #expect(scores.allSatisfy { $0 > 0 })
    }

    @Test func noSegmentsOrNoWordsGiveNothing() {
        #expect(BM25(segments: []).top(3, for: "dog") == [])
        #expect(BM25(segments: ["", " ."]).top(3, for: "dog") == [])
    }

    @Test(arguments: [
        ("ÉCOLE", "l'école"), ("cafe\u{301}", "CAFÉ!"), ("known", "well-known"), ("京", "東京"), ("42", "x=42"),
        ("москва", "МОСКВА."),
    ])
    func wordsAreFoundInAnyScript(_ query: String, _ segment: String) {
        #expect(BM25(segments: ["other", segment]).top(1, for: query) == [1])
    }

    @Test(arguments: [("know", "knows"), ("cafe", "café"), ("ab", "a b"), ("_", "a_b")])
    func otherWordsAreNotFound(_ query: String, _ segment: String) {
        #expect(BM25(segments: [segment]).scores(for: query) == [0])
    }
}
