import BenchmarkData
import Foundation
import Testing

@testable import Evaluation

/// Whether lm-evaluation-harness prints `results.json` as its own.
///
/// `PERK_LM_EVAL_PYTHON=PYTHON swift test --filter HarnessTable`, where PYTHON can import `lm_eval.utils` and
/// `pytablewriter`.
@Suite struct HarnessTableTests {
    private static let python = ProcessInfo.processInfo.environment["PERK_LM_EVAL_PYTHON"] ?? ""

    private func prediction(_ document: Int, _ method: EvaluationMethod, scores: [Double]) -> Prediction {
        Prediction(
            cell: "facts, 4 people", document: document, identifier: nil, method: method, metric: .f1, tokens: 100,
            depth: nil, isCut: false, readSeconds: 0.5, peakMebibytes: 50, heldBytes: 10_240, heldTokens: nil,
            outcomes: scores.map {
                Prediction.Outcome(
                    question: "Who?", answers: ["Zoe"], output: "Zoe", score: $0, exactMatch: $0.rounded(.down),
                    seconds: 0.25, generatedTokens: 1, confidence: 0.5)
            }, failure: nil)
    }

    @Test(.enabled(if: !python.isEmpty, "PERK_LM_EVAL_PYTHON names no Python"))
    func theHarnessPrintsTheResults() throws {
        let cell = EvaluationCell(
            FactsSource(people: 4, settings: FactsSettings(), seed: 1, split: .evaluation), documents: 2)
        let predictions = [0, 1].flatMap { document in
            [prediction(document, .perk, scores: [1, 0.25]), prediction(document, .closedBook, scores: [0, 0])]
        }
        let heading = PredictionLog.Heading(model: "m", recipe: "r", options: EvaluationOptions(), cells: [cell])
        let results = try ResultsFile(EvaluationSummary.all(of: predictions, cells: [cell]), heading: heading)
            .serialized()
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = [
            "-c", "import json, sys; from lm_eval.utils import make_table; print(make_table(json.load(sys.stdin)))",
        ]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: results)
        try input.fileHandleForWriting.close()
        let table = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let cells = table.split(separator: "\n").map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        // One row names the task; the measures of the rows below it are the same task's.
        let names = cells.compactMap(\.first).filter { $0.hasPrefix("facts") }
        #expect(Set(names) == ["facts, 4 people, perk", "facts, 4 people, closed-book"])
        let scores = cells.filter { $0.contains("f1") }
        #expect(scores.count == 2 && scores.allSatisfy { $0.contains("↑") && $0.contains("±") }, "\(table)")
        #expect(scores.contains { $0.contains("0.6250") }, "\(table)")
        #expect(cells.contains { $0.contains("exact_match") && $0.contains("0.5000") }, "\(table)")
    }
}
