import Foundation
import PERKModel
import Testing
import TinyModels

/// What the program says of how far to trust an answer, with the calibrated default model.
@Suite struct TrustTests {
    private let folder: TinyModelDirectory

    init() throws {
        folder = try TinyModelDirectory()
    }

    private func ask(_ text: String, _ arguments: [String]) throws -> ServeProcess.Outcome {
        let document = try folder.write(text, to: "document.txt")
        return try ServeProcess(
            ["ask", "--no-cache", "--json", "--document", document] + arguments, log: folder.path("log.txt")
        ).finish()
    }

    private func confidences(_ output: String) throws -> [Double] {
        try output.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?["confidence"] as? Double)
        }
    }

    @Test func whatTheDocumentSaysIsAnsweredWithMoreConfidence() throws {
        let outcome = try ask(
            "Hannah lives in Oslo. Oscar works as a pilot. Zoe has a cat.",
            ["Where does Hannah live?", "Where does Benjamin live?"])
        #expect(outcome.status == 0 && outcome.log.isEmpty, "\(outcome.log)")
        let confidences = try confidences(outcome.output)
        #expect(confidences.count == 2 && confidences.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(confidences[0] > 0.8 && confidences[1] < 0.5)
    }

    @Test func documentOfAnotherSortIsWarnedOf() throws {
        let outcome = try ask(
            "Die Donau entspringt im Schwarzwald und mündet nach 2857 Kilometern ins Schwarze Meer.",
            ["Where does the Danube end?"])
        #expect(outcome.status == 0)
        #expect(outcome.log.contains("warning") && outcome.log.contains("unlike those that the model was trained on"))
    }

    @Test func modelWithoutCalibrationSaysNothing() throws {
        let outcome = try ask("Zoe lives in Oslo.", ["Where does Zoe live?", "--model", folder.model])
        #expect(outcome.status == 0 && !outcome.output.contains("confidence") && outcome.log.isEmpty)
    }

    @Test func evaluationTellsWhatConfidencesAreWorth() throws {
        let outcome = try ServeProcess(
            [
                "eval", "--no-cache", "--people", "3", "--documents", "2", "--questions", "4", "--methods",
                "perk,closed-book", "--output", folder.path("out"),
            ], log: folder.path("log.txt")
        ).finish()
        #expect(outcome.status == 0 && outcome.output.contains("3 people, perk: confidence: calibration error"))
        #expect(!outcome.output.contains("closed-book: confidence"))
        let results = try String(contentsOfFile: folder.path("out/results.json"), encoding: .utf8)
        #expect(results.contains("expected_calibration_error,none"))
        let report = try String(contentsOfFile: folder.path("out/report.html"), encoding: .utf8)
        #expect(report.contains("How often answers of a confidence are right"))
    }
}
