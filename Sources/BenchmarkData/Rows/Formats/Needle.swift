import StrictJSON

extension BenchmarkRow {
    /// `{"context" or "haystack", "question" or "retrieval_question", "needle", "answer", "context_length",
    /// "depth_percent"}`
    ///
    /// The needles are the support; they are accepted as answers where the row has none of its own.
    init(needle row: RowObject) throws(RowFault) {
        let needles = try row.texts("needle")
        let answers = try row.optionalTexts("answer", "answers")
        var depth: Double?
        switch row.value(["depth_percent"])?.value {
        case nil: break
        case .integer(let percent)? where (0...100).contains(percent): depth = Double(percent) / 100
        case .number(let percent)? where (0...100).contains(percent): depth = percent / 100
        default: throw RowFault("\"depth_percent\" is not a number from 0 to 100")
        }
        self.init(
            context: try row.context("context", "haystack"),
            questions: [
                RowQuestion(
                    question: try row.text("question", "retrieval_question"),
                    answers: answers.isEmpty ? needles : answers, support: needles)
            ],
            fields: RowFields(
                task: try row.optionalText("task"), length: row.optionalInteger("context_length"), depth: depth,
                identifier: try row.optionalText("id")))
    }
}
