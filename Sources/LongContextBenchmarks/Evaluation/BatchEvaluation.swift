import Foundation
import QuestionAnswering

/// Measures a model, and what the alternatives would have got, on documents that are read one after the other.
public struct BatchEvaluation {
    /// How far it has come.
    public struct Progress: Sendable {
        public let cell: String
        /// The documents that are done by all methods, of all cells.
        public let completed: Int
    }

    public let cells: [EvaluationCell]
    private let reader: DocumentReader

    /// - Parameter threads: the number of threads that learn a document. Does not change a result but its time.
    /// - Throws: an error if the model's digest cannot be taken.
    public init(model: AnsweringModel, cells: [EvaluationCell], options: EvaluationOptions, threads: Int) throws {
        self.cells = cells
        reader = try DocumentReader(model: model, options: options, threads: threads)
    }

    /// Makes the predictions that are missing in `log`.
    ///
    /// - Parameter progress: called before each document; an error that it throws ends the evaluation, to be gone on with.
    /// - Throws: an error for documents that cannot be drawn, read or scored; `PredictionLogError`.
    public func run(into log: inout PredictionLog, progress: (Progress) throws -> Void = { _ in }) throws {
        var completed = 0
        for cell in cells {
            var rows = try cell.rows()
            for document in 0..<cell.documents {
                try progress(Progress(cell: cell.name, completed: completed))
                completed += 1
                let row = try rows.next()
                let missing = reader.options.methods.filter {
                    !log.holds(Prediction.Key(cell: cell.name, document: document, method: $0))
                }
                guard !missing.isEmpty else { continue }
                guard let metric = cell.metric(for: row) else {
                    throw UnscoredRows(task: row.fields.task ?? cell.task)
                }
                let tokens = try reader.model.format.segments(of: row.text, tokenizer: reader.model.tokenizer)
                    .tokenCount
                for method in missing {
                    let measured = measure(row, method, metric)
                    try log.append(
                        Prediction(
                            cell: cell.name, document: document, identifier: row.fields.identifier, method: method,
                            metric: metric, tokens: tokens, depth: row.fields.depth, isCut: measured.isCut,
                            readSeconds: measured.seconds, peakMebibytes: PeakMemory.mebibytes,
                            outcomes: measured.outcomes, failure: measured.failure))
                }
            }
        }
    }

    private struct Measured {
        var seconds = 0.0
        var isCut = false
        var outcomes: [Prediction.Outcome] = []
        var failure: String?
    }

    private func measure(_ row: BenchmarkRow, _ method: EvaluationMethod, _ metric: Metric) -> Measured {
        PeakMemory.reset()
        var measured = Measured()
        do {
            let read = try reader.read(row.text, by: method)
            (measured.seconds, measured.isCut) = (read.seconds, read.isCut)
            for question in row.questions {
                let answer = try read.answer(question.question)
                let output =
                    method.isPrompted && metric.comparesWholes ? Self.firstLine(of: answer.text) : answer.text
                measured.outcomes.append(
                    Prediction.Outcome(
                        question: question.question, answers: question.answers, output: output,
                        score: metric.score(output: output, for: question, task: row.fields.task),
                        seconds: answer.seconds.total, generatedTokens: answer.tokens, confidence: answer.confidence,
                        support: answer.support, isSupportRight: isSupportRight(answer, question), group: question.group
                    ))
            }
            try read.forget()
        } catch {
            // A method that fails on a document has not answered its questions; the others still may.
            measured.failure = "\(error)"
            measured.outcomes += row.questions.dropFirst(measured.outcomes.count).map {
                Prediction.Outcome(
                    question: $0.question, answers: $0.answers, output: "", score: 0, seconds: 0, generatedTokens: 0,
                    group: $0.group)
            }
        }
        return measured
    }

    /// `nil` where the model gives no support, or the row lists none.
    private func isSupportRight(_ answer: Answer, _ question: RowQuestion) -> Bool? {
        guard reader.model.format.includesSupport, !question.support.isEmpty else { return nil }
        return AnswerMetrics.exactMatch(answer.support ?? "", question.support.joined(separator: " "))
    }

    private static func firstLine(of text: String) -> String {
        text.split(whereSeparator: \.isNewline).first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }
}

/// Rows of a data set whose benchmark scores in a way that is not at hand.
public struct UnscoredRows: Error, Equatable, Sendable, CustomStringConvertible {
    public let task: String

    public var description: String { "\(task): its benchmark's own measure is not available; leave its rows out" }
}
