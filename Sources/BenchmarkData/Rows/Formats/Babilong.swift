extension BenchmarkRow {
    /// `{"input", "question", "target"}`, the facts of a bAbI story spread over a long text.
    init(babilong row: RowObject) throws(RowFault) {
        self.init(
            context: .text(try row.text("input")),
            questions: [RowQuestion(question: try row.text("question"), answers: try row.texts("target"))],
            fields: RowFields(
                task: try row.optionalText("task"), length: row.optionalInteger("length"),
                identifier: try row.optionalText("id")))
    }
}
