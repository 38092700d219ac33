extension BenchmarkRow {
    /// `{"input", "context", "answers": [text…], "length", "dataset", "all_classes", "_id"}`
    ///
    /// The input is empty in data sets that ask the same of each document, summaries above all; so is the question
    /// then.
    init(longBench row: RowObject) throws(RowFault) {
        self.init(
            context: .text(try row.text("context")),
            questions: [
                RowQuestion(
                    question: try row.optionalText("input") ?? "", answers: try row.texts("answers"),
                    labels: try row.optionalTexts("all_classes"))
            ],
            fields: RowFields(
                task: try row.optionalText("dataset"), length: row.optionalInteger("length"),
                identifier: try row.optionalText("_id")))
    }
}
