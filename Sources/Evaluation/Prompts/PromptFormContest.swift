import BenchmarkData
import PERKModel

/// Finds the form of prompts that a model answers best in, on rows that are not evaluated.
struct PromptFormContest {
    let model: AnsweringModel
    let cells: [EvaluationCell]
    let options: EvaluationOptions
    /// Where documents are taken from instead of the cells' sources.
    let examples: (any DocumentSource)?
    let hasTemplate: Bool

    /// On how many rows forms are compared, of all cells together.
    static let rows = 50

    /// Those that are compared; the first of equally good ones counts.
    private var forms: [PromptForm] {
        if let style = options.style { return [PromptForm(style: style, shots: options.shots)] }
        let shots = options.shots == 0 ? [0] : [0, options.shots]
        let styles: [PromptForm.Style] = hasTemplate ? [.plain, .template] : [.plain]
        return styles.flatMap { style in shots.map { PromptForm(style: style, shots: $0) } }
    }

    /// - Parameters:
    ///   - method: whose answers are compared. One question of each row is asked.
    ///   - reader: makes a reader that prompts in a form.
    /// - Throws: an error for rows that cannot be drawn or scored, or what asking throws.
    func choice(
        by method: EvaluationMethod, reader: (PromptForm) throws -> PromptedReader
    ) throws -> PromptFormChoice {
        let forms = forms
        guard forms.count > 1 else { return PromptFormChoice(form: forms[0], method: nil, rows: 0, candidates: []) }
        guard let prompt = method.prompt else { preconditionFailure("\(method) prompts nothing") }
        let documents = try documentsOfCells()
        // Where nothing can be compared, a template is what the model was taught, and an example what shows the
        // answers' form.
        guard !documents.isEmpty else {
            return PromptFormChoice(form: forms[forms.count - 1], method: method, rows: 0, candidates: [])
        }
        let candidates = try forms.map { form in
            let reader = try reader(form)
            let scores = try documents.enumerated().map { number, entry in
                try score(of: entry.document, number, entry.others, reader, form, prompt, method)
            }
            return PromptFormChoice.Candidate(form: form, score: scores.reduce(0, +) / Double(scores.count))
        }
        let best = candidates.reduce(candidates[0]) { $1.score > $0.score ? $1 : $0 }
        return PromptFormChoice(form: best.form, method: method, rows: documents.count, candidates: candidates)
    }

    /// The cells' other documents in turn, so that each cell has its share.
    private func documentsOfCells() throws -> [(document: QADocument, others: OtherDocuments)] {
        let share = (Self.rows + cells.count - 1) / max(1, cells.count)
        let all = try cells.map { cell in
            let others = try OtherDocuments(
                cell: cell, examples: examples, count: share, shots: options.shots, seed: options.seed, model: model)
            return others.documents.map { (document: $0, others: others) }
        }
        return Array((0..<share).flatMap { place in all.compactMap { $0.dropFirst(place).first } }.prefix(Self.rows))
    }

    private func score(
        of document: QADocument, _ number: Int, _ others: OtherDocuments, _ reader: PromptedReader,
        _ form: PromptForm, _ prompt: EvaluationMethod.Prompting, _ method: EvaluationMethod
    ) throws -> Double {
        let question = document.questions[number % document.questions.count]
        let metric = try document.knownMetric()
        let read = try prompt(reader, document.text, others.examples(for: document, count: form.shots))
        let output = method.output(of: try read.answer(question.question), metric)
        return metric.score(output: output, for: question, task: document.fields.task)
    }
}
