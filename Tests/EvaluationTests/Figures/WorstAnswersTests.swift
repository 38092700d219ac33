import BenchmarkData
import Foundation
import Testing

@testable import Evaluation

@Suite struct WorstAnswersTests {
    private func prediction(
        _ method: EvaluationMethod, _ outcomes: [(name: String, score: Double, confidence: Double?)],
        failure: String? = nil
    ) -> Prediction {
        Prediction(
            cell: "towns", document: 3, identifier: nil, method: method, metric: .f1, tokens: 9, depth: nil,
            isCut: false, readSeconds: 0, peakMebibytes: 0, heldBytes: nil, heldTokens: nil,
            outcomes: outcomes.map {
                Prediction.Outcome(
                    question: "\($0.name)?", answers: ["Oslo", "in Oslo"], output: $0.name, score: $0.score, seconds: 0,
                    generatedTokens: 1, confidence: $0.confidence)
            }, failure: failure)
    }

    @Test func theLowestScoresStandFirstAndOfEqualOnesTheSurest() {
        let right = (name: "right", score: 1.0, confidence: Double?.some(0.1))
        let worst = WorstAnswers([
            prediction(.perk, [("half", 0.5, 0.9), right, ("unsure", 0, 0.2), ("sure", 0, 0.8)]),
            prediction(.perk, [("none", 0, nil), ("later", 0, 0.8)]),
            prediction(.closedBook, (0..<12).map { ("blank \($0)", 0, nil) }),
        ])
        #expect(worst.entries(of: .perk).map(\.outcome.output) == ["sure", "later", "unsure", "none", "half"])
        #expect(worst.entries(of: .closedBook).map(\.outcome.output) == (0..<10).map { "blank \($0)" })
        #expect(WorstAnswers([prediction(.perk, [right])]).section == nil)
    }

    @Test func thePageShowsThem() throws {
        let long = String(repeating: "x", count: 200)
        let predictions = [
            prediction(.perk, [("<Rome>", 0, 0.75), (long, 0, nil)]),
            prediction(.inContext, [("", 0, nil)], failure: "too long"),
        ]
        let heading = PredictionLog.Heading(model: "m", recipe: "r", options: EvaluationOptions(), cells: [])
        let page = EvaluationReport([], predictions: predictions, heading: heading).page.source
        for part in ["Worst answers", "&lt;Rome&gt;", "Oslo | in Oslo", "towns, 4", "0.750", "failed: too long"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains(long) && page.contains(String(repeating: "x", count: 160) + "…"))
    }
}
