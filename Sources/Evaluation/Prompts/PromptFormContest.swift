import BenchmarkData
import PERKModel

/// Finds the form of prompts that a model answers best in, on rows that are not evaluated.
struct PromptFormContest {
    let model: AnsweringModel
    let cells: [EvaluationCell]
    let options: EvaluationOptions
    /// Where rows are taken from instead of the cells' sources.
    let examples: RowFile?
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
        let rows = try rowsOfCells()
        // Where nothing can be compared, a template is what the model was taught, and an example what shows the
        // answers' form.
        guard !rows.isEmpty else {
            return PromptFormChoice(form: forms[forms.count - 1], method: method, rows: 0, candidates: [])
        }
        let candidates = try forms.map { form in
            let reader = try reader(form)
            let scores = try rows.enumerated().map { number, entry in
                try score(of: entry.row, number, entry.cell, entry.others, reader, form, method)
            }
            return PromptFormChoice.Candidate(form: form, score: scores.reduce(0, +) / Double(scores.count))
        }
        let best = candidates.reduce(candidates[0]) { $1.score > $0.score ? $1 : $0 }
        return PromptFormChoice(form: best.form, method: method, rows: rows.count, candidates: candidates)
    }

    /// The cells' rows in turn, so that each has its share.
    private func rowsOfCells() throws -> [(row: BenchmarkRow, cell: EvaluationCell, others: OtherRows)] {
        let share = (Self.rows + cells.count - 1) / max(1, cells.count)
        let all = try cells.map { cell in
            let others = try OtherRows(
                cell: cell, file: examples, count: share, shots: options.shots, seed: options.seed, model: model)
            return others.rows.map { (row: $0, cell: cell, others: others) }
        }
        return Array((0..<share).flatMap { place in all.compactMap { $0.dropFirst(place).first } }.prefix(Self.rows))
    }

    private func score(
        of row: BenchmarkRow, _ number: Int, _ cell: EvaluationCell, _ others: OtherRows, _ reader: PromptedReader,
        _ form: PromptForm, _ method: EvaluationMethod
    ) throws -> Double {
        let question = row.questions[number % row.questions.count]
        let metric = try cell.knownMetric(for: row)
        let read = try reader.read(row.text, by: method, examples: others.examples(for: row, count: form.shots))
        let output = method.output(of: try read.answer(question.question), metric)
        return metric.score(output: output, for: question, task: row.fields.task)
    }
}
