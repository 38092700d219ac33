extension BenchmarkRow {
    /// `{"context": [segment…], "question", "answer", "support": [fact…]}`
    init(perkBabilong row: RowObject) throws(RowFault) {
        self.init(
            context: .segments(try row.texts("context")),
            questions: [
                RowQuestion(
                    question: try row.text("question"), answers: try row.texts("answer"),
                    support: try row.optionalTexts("support"))
            ],
            fields: RowFields(identifier: try row.optionalText("guid", "id")))
    }
}
