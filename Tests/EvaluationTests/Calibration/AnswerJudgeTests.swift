import BenchmarkData
import Foundation
import PERKModel
import Testing

@testable import Evaluation

@Suite struct AnswerJudgeTests {
    @Test(arguments: [
        ("Where does Hannah live?", true), ("What is Oscar's job?", false), ("What is Ben's job?", true),
        ("Who is in oslo with Oscar?", false), ("Where is the lamp?", false), ("Hannah?", false),
        ("Which river runs through OSLO?", false), ("", false),
    ])
    func questionsAboutMissingNamesAreFound(question: String, isAbsent: Bool) {
        let names = NamesInText("Oscar lives in Oslo. The lamp is Zoe's.")
        #expect(names.lacksName(in: question) == isAbsent)
    }

    private static let defaultModel = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/default-model").path

    private func row(_ name: String, _ city: String) -> QADocument {
        QADocument(
            context: .text("\(name) lives in \(city)."),
            questions: [DocumentQuestion(question: "Where does \(name) live?", answers: [city])])
    }

    /// Every third question is about somebody of another document, and never answered rightly by a model that has not
    /// learned to say so.
    @Test func everyThirdQuestionIsAboutSomebodyElse() throws {
        let model = try AnsweringModel(path: Self.defaultModel)
        var judge = try AnswerJudge(model: model, threads: 1, absentShare: 1.0 / 3)
        let names = [("Hannah", "Oslo"), ("Oscar", "Dublin"), ("Zoe", "Rome"), ("Ben", "Paris")]
        let judged = try names.map { try judge.judge(row($0.0, $0.1), by: .exactMatch) }
        #expect(judged.map(\.absent) == [0, 1, 0, 1] && judged.map(\.answers.count) == [1, 2, 1, 2])
        #expect(judged.allSatisfy { $0.answers[0].isRight } && judged.allSatisfy { $0.tokens > 5 && $0.baseLoss > 0 })
        #expect(!judged[1].answers[1].isRight && !judged[3].answers[1].isRight)
        for answer in judged.flatMap(\.answers) {
            #expect(Set(answer.signals.keys) == Set(AnswerSignal.allCases))
        }
    }

    @Test func reportTellsWhatTheCalibrationIsWorth() throws {
        // One signal tells, with exceptions, the other does not.
        let answers = (0..<60).map { (index: Int) -> JudgedAnswer in
            let signals: [AnswerSignal: Double] = [
                .meanLogProbability: -Double(index % 10) / 10, .firstMargin: Double(index % 7),
            ]
            return JudgedAnswer(signals: signals, isRight: index % 10 < 5 || index % 11 == 0)
        }
        let fitted = Array(answers.prefix(40)), checked = Array(answers.suffix(20))
        let signals: [AnswerSignal] = [.meanLogProbability, .firstMargin]
        let calibration = try Calibration(fitting: fitted, signals: signals, documents: 4)
        let report = try #require(try CalibrationReport(calibration, fitted: fitted, checked: checked))
        #expect(report.before.answers == 20 && report.after.answers == 20)
        #expect(report.signals.map { $0.signal } == signals)
        let (telling, silent) = (report.signals[0], report.signals[1])
        #expect(telling.alone.logLoss < silent.alone.logLoss)
        #expect(try #require(telling.without).logLoss > #require(silent.without).logLoss)
        #expect(report.text.contains("mean_log_probability") && report.text.contains("before, the mean token's"))
        #expect(try CalibrationReport(calibration, fitted: fitted, checked: []) == nil)
    }
}
