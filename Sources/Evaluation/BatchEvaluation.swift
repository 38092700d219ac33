import BenchmarkData
import ChatTemplates
import PERKModel

/// How an evaluation's questions are asked.
public struct EvaluationOptions: Sendable, Equatable, Codable {
    public var methods: [EvaluationMethod]
    /// The most tokens of an answer.
    public var maximumAnswerTokens = 32
    /// The tokens of a prompt that are kept for the question.
    public var questionTokens = 48
    /// How many segments `retrieval` puts into the prompt.
    public var retrievedSegments = 8
    /// Whether the document in a prompt has the tokens that end its segments.
    public var endsSegmentsInPrompt = true
    /// How the methods that prompt the base model ask; `nil` to choose by documents that are not evaluated.
    public var style: PromptForm.Style?
    /// The number of worked examples; where the style is chosen, none may turn out to be better.
    public var shots = 1
    /// The file that worked examples come from, and the documents to choose on; `nil` for documents like those that are
    /// evaluated.
    public var examples: String?
    /// The digest of the model that `in-context-tuned` answers with.
    public var tuned: String?
    /// Of the random adapter, and of the order in which other documents are taken.
    public var seed: UInt64 = 1

    public init(methods: [EvaluationMethod] = EvaluationMethod.allCases) { self.methods = methods }

    enum CodingKeys: String, CodingKey {
        case methods
        case maximumAnswerTokens = "maximum_answer_tokens"
        case questionTokens = "question_tokens"
        case retrievedSegments = "retrieved_segments"
        case endsSegmentsInPrompt = "ends_segments_in_prompt"
        case style, shots, examples, tuned, seed
    }

    /// The tokens of a prompt that are left for the document.
    func documentRoom(of positions: Int) -> Int { max(0, positions - maximumAnswerTokens - questionTokens - 1) }
}

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
    private let examples: (any DocumentSource)?
    private let tuned: TunedModel?
    private let threads: Int
    /// Parsed where a method may use it, so that one that cannot be used is refused at once.
    private let template: ChatTemplate?

    /// - Parameters:
    ///   - examples: where worked examples and the documents to choose the prompts' form on are taken from; `nil` for
    ///     documents like those of the cells.
    ///   - tuned: what `in-context-tuned` answers with; not `nil` where that is one of the methods.
    ///   - threads: the number of threads that learn a document. Does not change a result but its time.
    /// - Throws: `ChatTemplateError`, `MissingChatTemplate`, `RepeatedCell`; an error for documents that cannot be drawn.
    public init(
        model: AnsweringModel, cells: [EvaluationCell], options: EvaluationOptions,
        examples: (any DocumentSource)? = nil, tuned: TunedModel? = nil, threads: Int
    ) throws {
        precondition(
            tuned != nil || !options.methods.contains { $0.needs == .tunedModel }, "a method needs a tuned model")
        (self.model, self.cells, self.options) = (model, cells, options)
        (self.examples, self.tuned, self.threads) = (examples, tuned, threads)
        try cells.validate()
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
        let resources = MethodResources(
            model: model, options: options, prompted: try form.map(promptedReader), tuned: tuned, threads: threads)
        let methods = try options.methods.map { (method: $0, read: try $0.reader(resources)) }
        for cell in cells {
            var documents = try CellDocuments(
                cell, examples: examples, shots: form?.shots ?? 0, options: options, model: model)
            for number in 0..<cell.documents {
                try progress(Progress(cell: cell.name, completed: completed))
                completed += 1
                let work = try documents.next()
                let missing = methods.filter { method, _ in
                    !log.holds(Prediction.Key(cell: cell.name, document: number, method: method))
                        && !(method.needs == .otherDocument && work.other == nil)
                }
                guard !missing.isEmpty else { continue }
                let document = work.document
                let metric = try document.knownMetric()
                let tokens = try model.format.segments(of: document.text, tokenizer: model.tokenizer).tokenCount
                for (method, read) in missing {
                    PeakMemory.reset()
                    let measured = Measured(work, method, metric, includesSupport: model.format.includesSupport, read)
                    try log.append(
                        Prediction(
                            cell: cell.name, document: number, identifier: document.fields.identifier, method: method,
                            metric: metric, tokens: tokens, depth: document.fields.depth, isCut: measured.isCut,
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

    /// The form of the prompts: that of the log, or the best on documents that are not evaluated; `nil` where no method
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
}

/// What one method made of one document, and how long it took.
private struct Measured {
    var seconds = 0.0
    var isCut = false
    var heldBytes, heldTokens: Int?
    var outcomes: [Prediction.Outcome] = []
    var failure: String?

    /// - Parameter includesSupport: whether the model states the facts that its answers follow from.
    init(
        _ work: DocumentAtWork, _ method: EvaluationMethod, _ metric: Metric, includesSupport: Bool,
        _ read: EvaluationMethod.Reading
    ) {
        let document = work.document
        do {
            let ready = try read(work)
            (seconds, isCut) = (ready.seconds, ready.isCut)
            (heldBytes, heldTokens) = (ready.heldBytes, ready.heldTokens)
            for question in document.questions {
                let answer = try ready.answer(question.question)
                let output = method.output(of: answer, metric)
                outcomes.append(
                    Prediction.Outcome(
                        question: question.question, answers: question.answers, output: output,
                        score: metric.score(output: output, for: question, task: document.fields.task),
                        exactMatch: metric.exactMatchBeside(output: output, for: question),
                        seconds: answer.seconds.total, generatedTokens: answer.tokens, confidence: answer.confidence,
                        support: answer.support,
                        isSupportRight: includesSupport ? question.isSupport(answer.support) : nil,
                        group: question.group))
            }
            try ready.forget()
        } catch {
            // A method that fails on a document has not answered its questions; the others still may.
            failure = "\(error)"
            outcomes += document.questions.dropFirst(outcomes.count).map {
                Prediction.Outcome(
                    question: $0.question, answers: $0.answers, output: "", score: 0,
                    exactMatch: metric.hasExactMatchBeside ? 0 : nil, seconds: 0, generatedTokens: 0, group: $0.group)
            }
        }
    }
}

extension DocumentQuestion {
    /// Whether these are the supporting facts; `nil` where the document lists none.
    fileprivate func isSupport(_ stated: String?) -> Bool? {
        support.isEmpty ? nil : AnswerMetrics.exactMatch(stated ?? "", support.joined(separator: " "))
    }
}
