import Testing

import BenchmarkData

struct StringMatchTests {
    private let question = DocumentQuestion(question: "", answers: ["71", "Zoë", "x-ray"], needsEveryAnswer: true)

    @Test(arguments: [
        ("71, zoë and X-RAY", 1.0, 1.0),
        // Also within words and numbers; the decomposed spelling is the same.
        ("1712 zoe\u{308}s", 2.0 / 3, 1.0),
        ("xray", 0.0, 0.0),
        ("zoe", 0.0, 0.0),
        ("", 0.0, 0.0),
    ])
    func answersStandInTheOutput(_ output: String, _ all: Double, _ part: Double) {
        #expect(Metric.stringMatchAll.score(output: output, for: question) == all)
        #expect(Metric.stringMatchPart.score(output: output, for: question) == part)
    }

    @Test func anEmptyAnswerStandsInAnEmptyOutputOnly() {
        let question = DocumentQuestion(question: "", answers: [""])
        #expect(Metric.stringMatchAll.score(output: "x", for: question) == 0)
        #expect(Metric.stringMatchPart.score(output: "", for: question) == 1)
    }
}
