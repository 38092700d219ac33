import LanguageModel
import Testing

@Suite struct TokenBatchTests {
    @Test func sequencesAreLaidOutAndPadded() {
        let batch = TokenBatch(
            [
                [TokenSequence(tokens: [5, 6, 7], firstTarget: 2), TokenSequence(tokens: [8])],
                [TokenSequence(tokens: [9, 10])],
            ], padding: 3)
        #expect(batch.tasks == 2 && batch.segments == 2 && batch.tokens == 3)
        #expect(batch.ids == [5, 6, 7, 8, 3, 3, 9, 10, 3, 3, 3, 3])
        // 7 is predicted from 6, 10 from 9.
        #expect(batch.predictingRows == [1, 6])
        #expect(batch.targets == [7, 10])
        #expect(batch.targetRows == [2, 7])
        #expect(batch.targetTasks == [0, 1])
    }

    @Test func targetsAreCounted() {
        #expect(TokenSequence(tokens: [1, 2, 3]).targetCount == 2)
        #expect(TokenSequence(tokens: [1, 2, 3], firstTarget: 3).targetCount == 0)
        #expect(TokenSequence(tokens: [1, 2, 3], firstTarget: 9).targetCount == 0)
        #expect(TokenSequence(tokens: []).targetCount == 0)
        #expect(TokenBatch([[TokenSequence(tokens: [1, 2, 3], firstTarget: 9)]]).targets == [])
    }

    @Test func nothingMakesAnEmptyBatch() {
        let batch = TokenBatch([])
        #expect(batch.tasks == 0 && batch.ids == [] && batch.targets == [])
        #expect(TokenBatch([[], []]).segments == 0)
    }

    private static let tasks: [[TokenSequence]] = [
        [4, 2, 6, 1, 3].map { TokenSequence(tokens: [Int](repeating: $0, count: $0)) },
        [3, 5].map { TokenSequence(tokens: [Int](repeating: $0 + 10, count: $0)) },
    ]

    @Test(arguments: [1, 8, 10, 12, 20, 36, 59, 60, 1000])
    func microBatchesHoldEveryTargetOnceWithinTheLimit(_ limit: Int) {
        let batches = MicroBatches(Self.tasks, maximumTokens: limit)
        for task in Self.tasks.indices {
            let found = batches.flatMap { batch in
                zip(batch.targets, batch.targetTasks).filter { $0.1 == task }.map { Int($0.0) }
            }
            #expect(found.sorted() == Self.tasks[task].flatMap { $0.tokens.dropFirst() }.sorted())
        }
        for batch in batches {
            #expect(batch.tasks == 2)
            #expect(batch.ids.count <= limit || batch.segments == 1)
        }
        #expect(batches.map(\.segments).reduce(0, +) == 5)
        if limit == 1 { #expect(batches.count == 5) }
        if limit >= 60 { #expect(batches.count == 1) }
    }

    @Test func segmentsOfLikeLengthShareAMicroBatch() {
        // Together the two longest segments of each task take 2·2·6 tokens, the rest 2·3·3.
        let batches = MicroBatches(Self.tasks, maximumTokens: 24)
        #expect(batches.map(\.segments) == [2, 3])
        #expect(batches.map(\.tokens) == [6, 3])
    }

    @Test func noDocumentNeedsNoBatch() {
        #expect(MicroBatches([], maximumTokens: 10).isEmpty)
        #expect(MicroBatches([[], []], maximumTokens: 10).isEmpty)
    }
}
