extension BenchmarkRow {
    /// `{"index", "input", "outputs": [text…], "length"}`, the question within the input.
    ///
    /// Outputs are all wanted in the answer, except for the questions of RULER's `qa` tasks, where each is accepted.
    init(ruler row: RowObject) throws(RowFault) {
        let prompt = try RulerPrompt(try row.text("input"))
        self.init(
            context: .text(prompt.context),
            questions: [
                RowQuestion(
                    question: prompt.question, answers: try row.texts("outputs"),
                    needsEveryAnswer: prompt.task != "qa")
            ],
            fields: RowFields(
                task: prompt.task, length: row.optionalInteger("length"), identifier: try row.optionalText("index")))
    }
}
