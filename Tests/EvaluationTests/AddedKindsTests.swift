import PERKModel
import Testing

@testable import BenchmarkData
@testable import Evaluation

/// A source, a metric and a method of documents that nothing else knows, each declared as `docs/adding.md` says.
@Suite struct AddedKindsTests {
    private let source = CountedSheep(herd: 3)

    private func evaluation(_ options: EvaluationOptions) throws -> BatchEvaluation {
        try BatchEvaluation(
            model: PromptModel.make(), cells: [EvaluationCell(source, documents: 9)], options: options, threads: 1)
    }

    @Test func theyAreMeasuredLikeAllOthers() throws {
        var log = PredictionLog()
        try evaluation(EvaluationOptions(methods: [.lastWord])).run(into: &log)
        #expect(log.predictions.map(\.cell) == ["sheep", "sheep", "sheep"])
        #expect(log.predictions.allSatisfy { $0.method == .lastWord && $0.metric == .sameLength })
        // "1", "2" and "33" are as long as the last words but for one.
        #expect(log.predictions.map { $0.outcomes[0].output } == ["1", "2", "33"])
        #expect(log.predictions.map(\.score) == [1, 1, 0])
    }

    @Test func cellsOfOneNameAreRefused() throws {
        let cell = EvaluationCell(source, documents: 1)
        let error = #expect(throws: RepeatedCell.self) {
            try BatchEvaluation(
                model: PromptModel.make(), cells: [cell, cell], options: EvaluationOptions(methods: [.lastWord]),
                threads: 1)
        }
        #expect(error?.name == "sheep")
    }

    @Test func registeredKindsAreFoundByTheirNames() {
        #expect(EvaluationMethod.allCases.allSatisfy { EvaluationMethod(rawValue: $0.rawValue) == $0 })
        #expect(Metric.allCases.allSatisfy { Metric(rawValue: $0.rawValue) == $0 })
        #expect(GeneratedTask.allCases.allSatisfy { GeneratedTask(rawValue: $0.rawValue) == $0 })
        #expect(RowFormat.allCases.allSatisfy { RowFormat(rawValue: $0.rawValue) == $0 })
        #expect(Set(Metric.allCases.map(\.rawValue)).count == 14 && Set(RowFormat.allCases).count == 13)
        #expect(EvaluationMethod(rawValue: "last-word") == nil && Metric(rawValue: "") == nil)
    }
}

/// A document for each sheep of a herd.
private struct CountedSheep: DocumentSource {
    let herd: Int

    var identity: SourceIdentity { SourceIdentity(kind: "sheep", settings: ["herd": herd]) }
    var label: SourceLabel { SourceLabel(series: "sheep") }
    var count: Int? { herd }

    func documents(from start: Int) -> any DocumentStream { Sheep(rest: start..<herd) }

    func otherDocuments(than count: Int, seed: UInt64) -> any DocumentStream { Sheep(rest: min(count, herd)..<herd) }

    private struct Sheep: DocumentStream {
        var rest: Range<Int>

        mutating func next() -> QADocument? {
            guard let number = rest.popFirst() else { return nil }
            let words = ["1", "2", "33"]
            var document = QADocument("The sheep count \(words[number])", "How many?", "\(number + 1)")
            document.metric = .sameLength
            return document
        }
    }
}

extension Metric {
    /// The output is as long as an accepted answer.
    fileprivate static let sameLength = Metric("same-length") { output, question, _ in
        question.answers.contains { $0.count == output.count } ? 1 : 0
    }
}

extension EvaluationMethod {
    /// Answers with the document's last word.
    fileprivate static let lastWord = EvaluationMethod(
        "last-word", explanation: { _ in "the document's last word" }
    ) { _ in
        { work in
            let word = work.document.text.split(separator: " ").last.map(String.init) ?? ""
            return ReadDocument(seconds: 0, isCut: false, heldBytes: 0) { _ in
                Answer(
                    text: word, tokens: 1, logProbability: 0, finish: .stop,
                    seconds: Answer.Seconds(encode: 0, firstToken: 0, total: 0))
            }
        }
    }
}
