import BenchmarkData
import ChatTemplates
import Foundation
import PERKModel

/// Measures a model, and what the alternatives would have got, on documents that are read one after the other.
public struct BatchEvaluation {
    /// How far it has come.
    public struct Progress: Sendable {
        public let cell: String
        /// The documents that are done by all methods, of all cells.
        public let completed: Int
    }

    public let cells: [EvaluationCell]
    private let model: AnsweringModel
    private let options: EvaluationOptions
    private let examples: RowFile?
    private let tuned: TunedModel?
    private let threads: Int
    /// Parsed where a method may use it, so that one that cannot be used is refused at once.
    private let template: ChatTemplate?

    /// - Parameters:
    ///   - examples: where worked examples and the rows to choose the prompts' form on are taken from; `nil` for rows
    ///     like those of the cells.
    ///   - tuned: what `in-context-tuned` answers with; not `nil` where that is one of the methods.
    ///   - threads: the number of threads that learn a document. Does not change a result but its time.
    /// - Throws: `ChatTemplateError`, `MissingChatTemplate`.
    public init(
        model: AnsweringModel, cells: [EvaluationCell], options: EvaluationOptions, examples: RowFile? = nil,
        tuned: TunedModel? = nil, threads: Int
    ) throws {
        precondition(tuned != nil || !options.methods.contains(.inContextTuned), "no model for in-context-tuned")
        (self.model, self.cells, self.options) = (model, cells, options)
        (self.examples, self.tuned, self.threads) = (examples, tuned, threads)
        let mayUseTemplate = options.style != .plain && options.methods.contains(where: \.isPrompted)
        template = mayUseTemplate ? try model.chatTemplate?.template() : nil
        if mayUseTemplate, options.style == .template, template == nil { throw MissingChatTemplate() }
    }

    /// Makes the predictions that are missing in `log`.
    ///
    /// - Parameter progress: called before each document; an error that it throws ends the evaluation, to be resumed.
    /// - Throws: an error for documents that cannot be drawn, read or scored; `PredictionLogError`.
    public func run(into log: inout PredictionLog, progress: (Progress) throws -> Void = { _ in }) throws {
        var completed = 0
        let form = try chosenForm(&log, progress)
        let prompted = try form.map(promptedReader)
        let reader = try DocumentReader(
            model: model, options: options, prompted: prompted,
            tuned: tuned.map { TunedReader($0, options: options, threads: threads) }, threads: threads)
        for cell in cells {
            var rows = try CellRows(cell, examples: examples, shots: form?.shots ?? 0, options: options, model: model)
            for document in 0..<cell.documents {
                try progress(Progress(cell: cell.name, completed: completed))
                completed += 1
                let work = try rows.next()
                let missing = options.methods.filter {
                    !log.holds(Prediction.Key(cell: cell.name, document: document, method: $0))
                        && !($0 == .otherDocument && work.other == nil)
                }
                guard !missing.isEmpty else { continue }
                let row = work.row
                let metric = try cell.knownMetric(for: row)
                let tokens = try model.format.segments(of: row.text, tokenizer: model.tokenizer).tokenCount
                for method in missing {
                    let measured = measure(work, method, metric, reader)
                    try log.append(
                        Prediction(
                            cell: cell.name, document: document, identifier: row.fields.identifier, method: method,
                            metric: metric, tokens: tokens, depth: row.fields.depth, isCut: measured.isCut,
                            readSeconds: measured.seconds, peakMebibytes: PeakMemory.mebibytes,
                            heldBytes: measured.heldBytes, heldTokens: measured.heldTokens,
                            outcomes: measured.outcomes, failure: measured.failure))
                }
            }
        }
    }

    private func promptedReader(_ form: PromptForm) throws -> PromptedReader {
        try PromptedReader(form: form, template: template, model: model, options: options, threads: threads)
    }

    /// The form of the prompts: that of the log, or the best on rows that are not evaluated; `nil` where no method
    /// prompts.
    private func chosenForm(
        _ log: inout PredictionLog, _ progress: (Progress) throws -> Void
    ) throws -> PromptForm? {
        if let choice = log.choice { return choice.form }
        guard let method = EvaluationMethod.allCases.first(where: { $0.isPrompted && options.methods.contains($0) })
        else { return nil }
        let contest = PromptFormContest(
            model: model, cells: cells, options: options, examples: examples, hasTemplate: template != nil)
        let choice = try contest.choice(by: method == .inContextCached ? .inContext : method) { form in
            try progress(Progress(cell: "choosing the form of prompts", completed: 0))
            return try promptedReader(form)
        }
        try log.record(choice)
        return choice.form
    }

    private struct Measured {
        var seconds = 0.0
        var isCut = false
        var heldBytes, heldTokens: Int?
        var outcomes: [Prediction.Outcome] = []
        var failure: String?
    }

    private func measure(
        _ work: RowAtWork, _ method: EvaluationMethod, _ metric: Metric, _ reader: DocumentReader
    ) -> Measured {
        let row = work.row
        PeakMemory.reset()
        var measured = Measured()
        do {
            let read = try reader.read(work, by: method)
            (measured.seconds, measured.isCut) = (read.seconds, read.isCut)
            (measured.heldBytes, measured.heldTokens) = (read.heldBytes, read.heldTokens)
            for question in row.questions {
                let answer = try read.answer(question.question)
                let output = method.output(of: answer, metric)
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
        guard model.format.includesSupport, !question.support.isEmpty else { return nil }
        return AnswerMetrics.exactMatch(answer.support ?? "", question.support.joined(separator: " "))
    }
}

extension EvaluationMethod {
    /// What counts of an answer.
    func output(of answer: Answer, _ metric: Metric) -> String {
        guard isPrompted && metric.comparesWholes else { return answer.text }
        return answer.text.split(whereSeparator: \.isNewline).first.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? ""
    }
}

extension EvaluationCell {
    /// - Throws: `UnscoredRows`.
    func knownMetric(for row: BenchmarkRow) throws -> Metric {
        guard let metric = metric(for: row) else { throw UnscoredRows(task: row.fields.task ?? task) }
        return metric
    }
}

/// Rows of a data set whose benchmark scores in a way that is not at hand.
public struct UnscoredRows: Error, Equatable, Sendable, CustomStringConvertible {
    public let task: String

    public var description: String { "\(task): its benchmark's own measure is not available; leave its rows out" }
}
