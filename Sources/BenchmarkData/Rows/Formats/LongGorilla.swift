extension BenchmarkRow {
    /// `{"context": [interface…], "question" or "prompt", "answer" or "api_call", "location"}`
    ///
    /// The location, where the wanted interface stands in the context, becomes a group: "pre".
    init(longGorilla row: RowObject) throws(RowFault) {
        self.init(
            context: .segments(try row.texts("context")),
            questions: [
                RowQuestion(
                    question: try row.text("question", "prompt"), answers: try row.texts("answer", "api_call"),
                    support: try row.optionalTexts("support"))
            ],
            fields: RowFields(
                identifier: try row.optionalText("guid", "id"), groups: try row.optionalTexts("location")))
    }
}
