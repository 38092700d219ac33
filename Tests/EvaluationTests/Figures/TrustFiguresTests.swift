import BenchmarkData
import BenchmarkDataSupport
import Foundation
import HTMLReports
import PERKModel
import Testing

@testable import Evaluation

@Suite struct TrustFiguresTests {
    /// What scikit-learn says of confidences, with ties and without (Fixtures/metrics/record_trust.py).
    struct Recorded: Decodable, CustomTestStringConvertible {
        let confidences: [Double]
        let outcomes: [Bool]
        let rocArea, calibrationError: Double
        let binAnswers: [Int]
        let binConfidences, binAccuracies: [Double]

        var testDescription: String { "\(confidences.count) answers" }

        var figures: TrustFigures? {
            TrustFigures(zip(confidences, outcomes).map { ConfidentAnswer(confidence: $0, isRight: $1) })
        }
    }

    private struct RecordedFile: Decodable { let answers: [Recorded] }

    private static let recorded: [Recorded] =
        (try? JSONDecoder().decode(RecordedFile.self, from: metricsFixture("trust.json")))?.answers ?? []

    @Test func recordedFiguresAreThere() { #expect(Self.recorded.count == 3) }

    @Test(arguments: recorded)
    func figuresAreThoseOfScikitLearn(_ recorded: Recorded) throws {
        let figures = try #require(recorded.figures)
        #expect(try abs(#require(figures.rocArea) - recorded.rocArea) < 1e-12)
        #expect(abs(figures.calibrationError - recorded.calibrationError) < 1e-12)
        #expect(figures.bins.map(\.answers) == recorded.binAnswers)
        for (bin, expected) in zip(figures.bins, zip(recorded.binConfidences, recorded.binAccuracies)) {
            #expect(abs(bin.confidence - expected.0) < 1e-12 && abs(bin.accuracy - expected.1) < 1e-12)
        }
    }

    private func trust(in answers: (confidence: Double, isRight: Bool)...) -> TrustFigures? {
        TrustFigures(answers.map { ConfidentAnswer(confidence: $0.confidence, isRight: $0.isRight) })
    }

    /// 0.2 is the upper end of the third bin, 1 lies in the last, 0 in the first.
    @Test func binsHaveTheirUpperEnds() throws {
        let figures = try #require(trust(in: (0, false), (0.2, true), (0.19, false), (0.21, true), (1, true)))
        #expect(figures.bins.map(\.answers) == [1, 2, 1, 1])
        // 0 + |0.39 - 1| + |0.21 - 1| + 0, over 5
        #expect(abs(figures.calibrationError - (0.61 + 0.79) / 5) < 1e-12)
    }

    /// Of (0.9 right), (0.5 right and wrong), (0.1 wrong) three of four pairs are in order and one is a tie.
    @Test func tiesCountOneHalf() throws {
        let figures = try #require(trust(in: (0.9, true), (0.5, true), (0.5, false), (0.1, false)))
        #expect(figures.rocArea == 3.5 / 4)
        // Among 0.4 of an answer one is right, among 2 of 4 one and a half, among 3.2 two.
        #expect(figures.coverage.map(\.share) == (1...10).map { Double($0) / 10 })
        #expect(figures.coverage[0].accuracy == 1 && abs(figures.coverage[4].accuracy - 0.75) < 1e-12)
        #expect(abs(figures.coverage[7].accuracy - 2 / 3.2) < 1e-12 && figures.coverage[9].accuracy == 0.5)
    }

    @Test func answersThatAreAllAlikeHaveNoArea() throws {
        #expect(TrustFigures([]) == nil)
        let right = try #require(trust(in: (0.5, true), (0.75, true)))
        #expect(right.rocArea == nil && abs(right.calibrationError - 0.375) < 1e-12)
        #expect(right.description.hasPrefix("confidence: calibration error 0.375, right are 1.000 of the surest 20 %"))
    }
}

/// Where the figures of trust are told.
@Suite struct TrustReportTests {
    private let cell = EvaluationCell(
        FactsSource(people: 4, settings: FactsSettings(), seed: 1, split: .evaluation), documents: 1)

    private func predictions(confidences: [Double?], supports: [Bool?] = [nil, nil]) -> [Prediction] {
        [
            Prediction(
                cell: cell.name, document: 0, identifier: nil, method: .perk, metric: .exactMatch, tokens: 10,
                depth: nil, isCut: false, readSeconds: 1, peakMebibytes: 1, heldBytes: nil, heldTokens: nil,
                outcomes: zip(confidences, supports).enumerated().map { index, trust in
                    Prediction.Outcome(
                        question: "Who?", answers: ["Zoe"], output: "Zoe", score: Double(index), seconds: 1,
                        generatedTokens: 1, confidence: trust.0, support: nil, isSupportRight: trust.1)
                }, failure: nil)
        ]
    }

    private func heading(_ calibration: Calibration? = nil) -> PredictionLog.Heading {
        PredictionLog.Heading(
            model: "m", recipe: "ab", options: EvaluationOptions(), cells: [cell], calibration: calibration)
    }

    @Test func resultsTableAndReportTellThem() throws {
        let predictions = predictions(confidences: [0.25, 0.75], supports: [true, false])
        let summaries = EvaluationSummary.all(of: predictions, cells: [cell])
        let data = try ResultsFile(summaries, heading: heading()).serialized()
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let results = try #require(object["results"] as? [String: [String: Any]])
        let perk = try #require(results["facts, 4 people, perk"])
        #expect(perk["roc_auc,none"] as? Double == 1 && perk["expected_calibration_error,none"] as? Double == 0.25)
        #expect(perk["accuracy_at_50_percent_answered,none"] as? Double == 1)
        #expect(perk["accuracy_at_100_percent_answered,none"] as? Double == 0.5)
        #expect(perk["support_accuracy,none"] as? Double == 0.5)
        let text = EvaluationTable.text(summaries)
        #expect(text.contains("facts, 4 people, perk: confidence: calibration error 0.250, ROC area 1.000"))
        #expect(text.contains("facts, 4 people, perk: 0.500 of the supporting facts are right"))
        let page = EvaluationReport(summaries, predictions: predictions, heading: heading()).page.source
        #expect(page.contains("<h2>Confidence</h2>") && page.contains("facts, perk: confidence: calibration error"))
        // The identity, and the two bins of the only curve.
        #expect(page.contains("as often as said") && page.components(separatedBy: "<title>1 answers").count == 3)
    }

    @Test func modelsWithoutCalibrationHaveNone() throws {
        let predictions = predictions(confidences: [nil, nil])
        let summaries = EvaluationSummary.all(of: predictions, cells: [cell])
        #expect(summaries[0].trust == nil && summaries[0].supportAccuracy == nil)
        let results = String(decoding: try ResultsFile(summaries, heading: heading()).serialized(), as: UTF8.self)
        #expect(!results.contains("roc_auc") && !results.contains("support_accuracy"))
        let page = EvaluationReport(summaries, predictions: predictions, heading: heading()).page.source
        #expect(!page.contains("Confidence"))
    }

    /// Predictions with the confidences of one calibration are not gone on with under another.
    @Test func anotherCalibrationIsAnotherEvaluation() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "trust-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let calibration = Calibration(bias: 0.1, weights: [.firstMargin: 1.1], documents: 1, answers: 2)
        _ = try PredictionLog(path: path, heading: heading(calibration))
        _ = try PredictionLog(path: path, heading: heading(calibration))
        #expect(throws: PredictionLogError.self) { try PredictionLog(path: path, heading: heading()) }
    }
}
