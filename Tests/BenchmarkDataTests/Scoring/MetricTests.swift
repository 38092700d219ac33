import Testing

import BenchmarkData

struct MetricTests {
    /// All but `letter`, which is no benchmark's own.
    @Test(arguments: Metric.allCases.filter { $0 != .letter })
    func scoresAreThoseOfIndependentImplementations(_ metric: Metric) throws {
        let recorded = try RecordedScore.all.get().filter { $0.metric == metric.rawValue }
        #expect(recorded.count >= 60)
        for one in recorded {
            let score = metric.score(output: one.output, for: one.rowQuestion, task: one.task)
            // The package `rouge` adds 1e-8 to a denominator.
            #expect(abs(score - one.score) < 1e-7, "\(one)")
        }
    }

    @Test func theBestOfSeveralAnswersCounts() {
        let question = DocumentQuestion(question: "", answers: ["red", "a big box", "box of wood"])
        #expect(Metric.exactMatch.score(output: "Big box!", for: question) == 1)
        #expect(Metric.f1.score(output: "box", for: question) == 2.0 / 3)
        #expect(Metric.longBenchF1.score(output: "box", for: question) == 2.0 / 3)
        #expect(Metric.stringMatchPart.score(output: "It is RED.", for: question) == 1)
    }

    @Test func whereAllAnswersAreNeededTheyAreComparedInOneText() {
        let question = DocumentQuestion(question: "", answers: ["x1", "x2"], needsEveryAnswer: true)
        #expect(Metric.exactMatch.score(output: "x1 x2", for: question) == 1)
        #expect(Metric.exactMatch.score(output: "x1", for: question) == 0)
        // One of two tokens: P = 1, R = 1/2.
        #expect(Metric.f1.score(output: "x1", for: question) == 2.0 / 3)
        #expect(Metric.stringMatchAll.score(output: "x1", for: question) == 0.5)
    }

    /// The rule of SQuAD 2.0.
    @Test(arguments: [Metric.exactMatch, .f1])
    func onlyNoWordsAnswerWhatHasNoAnswer(_ metric: Metric) {
        let unanswerable = DocumentQuestion(question: "", answers: [""])
        #expect(metric.score(output: "", for: unanswerable) == 1)
        #expect(metric.score(output: " The. ", for: unanswerable) == 1)
        #expect(metric.score(output: "none", for: unanswerable) == 0)
        let answerable = DocumentQuestion(question: "", answers: ["", "Oslo"])
        #expect(metric.score(output: "", for: answerable) == 0)
        #expect(metric.score(output: "Oslo", for: answerable) == 1)
    }

    @Test(arguments: Metric.allCases)
    func scoresLieBetweenZeroAndOne(_ metric: Metric) throws {
        for one in try RecordedScore.all.get() {
            let score = metric.score(output: one.output, for: one.rowQuestion, task: one.task)
            #expect((0...1).contains(score))
        }
    }

    @Test func answersWithoutWordsDifferBetweenSQuADAndLongBench() {
        let question = DocumentQuestion(question: "", answers: ["A"])
        #expect(Metric.f1.score(output: "the", for: question) == 1)
        #expect(Metric.longBenchF1.score(output: "the", for: question) == 0)
        #expect(Metric.hotpotQAF1.score(output: "the", for: question) == 0)
    }
}
