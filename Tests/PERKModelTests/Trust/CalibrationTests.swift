import Foundation
import Testing
import TinyModels

@testable import PERKModel

@Suite struct CalibrationTests {
    /// What scikit-learn fitted (Fixtures/metrics/record_trust.py).
    struct Recorded: Decodable, CustomTestStringConvertible {
        let features: [[Double]]
        let outcomes: [Bool]
        let ridge, bias: Double
        let weights: [Double]

        var testDescription: String { "\(features.count) rows, ridge \(ridge)" }
    }

    private struct RecordedFile: Decodable { let regressions: [Recorded] }

    private static let recorded: [Recorded] = {
        let file = TinyModel.fixtures.appending(path: "metrics/trust.json")
        let contents = try? JSONDecoder().decode(RecordedFile.self, from: Data(contentsOf: file))
        return contents?.regressions ?? []
    }()

    @Test func recordedFitsAreThere() { #expect(Self.recorded.count == 3) }

    @Test(arguments: recorded)
    func fitIsThatOfScikitLearn(_ recorded: Recorded) {
        let fit = LogisticRegression(
            features: recorded.features, outcomes: recorded.outcomes, ridge: recorded.ridge)
        for (found, expected) in zip([fit.bias] + fit.weights, [recorded.bias] + recorded.weights) {
            #expect(abs(found - expected) < 1e-6)
        }
    }

    /// Three of four right with one feature that is always 0: the bias is the logarithm of the odds.
    @Test func biasAloneGivesTheShareOfRightAnswers() {
        let fit = LogisticRegression(
            features: [[0], [0], [0], [0]], outcomes: [true, true, false, true], ridge: 1)
        #expect(abs(fit.bias - log(3)) < 1e-9 && fit.weights == [0])
        #expect(abs(fit.probability([5]) - 0.75) < 1e-9)
    }

    @Test func sigmoidDoesNotOverflow() {
        #expect(LogisticRegression.sigmoid(-1e5) == 0 && LogisticRegression.sigmoid(1e5) == 1)
        #expect(LogisticRegression.sigmoid(0) == 0.5)
    }

    /// Signals in other units give the same confidences, for each is standardized.
    @Test func confidencesDoNotDependOnUnits() throws {
        func answers(scale: Double, offset: Double) -> [JudgedAnswer] {
            (0..<40).map { index in
                let value = Double((index * 7) % 40) / 40
                return JudgedAnswer(
                    signals: [.meanLogProbability: value * scale + offset, .firstMargin: Double(index % 3)],
                    isRight: value + Double(index % 3) * 0.1 > 0.5)
            }
        }
        let signals: [AnswerSignal] = [.meanLogProbability, .firstMargin]
        let one = try Calibration(fitting: answers(scale: 1, offset: 0), signals: signals, documents: 4)
        let other = try Calibration(fitting: answers(scale: 1e-4, offset: -30), signals: signals, documents: 4)
        #expect(one.answers == 40 && one.documents == 4 && one.signals == signals)
        for (first, second) in zip(answers(scale: 1, offset: 0), answers(scale: 1e-4, offset: -30)) {
            let confidences = try [#require(one.confidence(first.signals)), #require(other.confidence(second.signals))]
            #expect(abs(confidences[0] - confidences[1]) < 1e-6)
        }
    }

    @Test func confidenceIsTheLogisticFunctionOfTheSignals() throws {
        let calibration = Calibration(
            bias: 1, weights: [.meanLogProbability: 2, .answerLength: -0.5], documents: 1, answers: 2)
        let values: [AnswerSignal: Double] = [.meanLogProbability: -0.25, .answerLength: 3, .firstMargin: 9]
        // 1 - 0.5 - 1.5 = -1
        #expect(try abs(#require(calibration.confidence(values)) - 1 / (1 + exp(1))) < 1e-12)
        #expect(calibration.confidence([.meanLogProbability: -1]) == nil)
        #expect(calibration.confidence([.meanLogProbability: -.infinity, .answerLength: 1]) == nil)
    }

    @Test(arguments: [true, false])
    func answersThatAreAllAlikeAreRefused(isRight: Bool) {
        let answers = (0..<5).map { JudgedAnswer(signals: [.firstMargin: Double($0)], isRight: isRight) }
        let error = #expect(throws: CalibrationError.self) {
            try Calibration(fitting: answers, signals: [.firstMargin], documents: 1)
        }
        #expect(error?.description.contains("\(isRight ? 5 : 0) of 5 answers are right") == true)
    }

    /// 200 documents of losses 0.01 to 2.00: 198 are no more than 1.98.
    @Test func limitsAreTheLongestDocumentAndTheNinetyNinthPercentile() {
        let limits = DocumentLimits(
            tokens: (1...200).map { $0 == 7 ? 900 : $0 }, baseLosses: (1...200).reversed().map { Double($0) / 100 })
        #expect(limits == DocumentLimits(tokens: [900], baseLosses: [1.98]))
        #expect(limits.warnings(tokens: 900, baseLoss: 1.98).isEmpty)
        #expect(
            limits.warnings(tokens: 901, baseLoss: 1.99) == [
                .longerThanTrained(tokens: 901, limit: 900), .unlikeTraining(baseLoss: 1.99, limit: 1.98),
            ])
        // A loss that is no number is no sign of likeness.
        #expect(limits.warnings(tokens: 1, baseLoss: .nan).count == 1)
    }
}
