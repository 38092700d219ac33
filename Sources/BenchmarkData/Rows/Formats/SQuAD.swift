extension BenchmarkRow {
    /// A paragraph: `{"context", "qas": [{"id", "question", "answers": [{"text"}…], "is_impossible"}…]}`
    ///
    /// A question that the paragraph does not answer (SQuAD 2.0) has the empty answer, as its measures count it.
    init(squad row: RowObject) throws(RowFault) {
        var questions: [RowQuestion] = []
        var identifier: String?
        for entry in try row.objects("qas") {
            if identifier == nil { identifier = try entry.optionalText("id") }
            var answers: [String] = []
            if entry.value(["is_impossible"])?.value == .boolean(true) {
                answers = [""]
            } else {
                for answer in try entry.objects("answers") { answers.append(try answer.text("text")) }
            }
            questions.append(RowQuestion(question: try entry.text("question"), answers: answers))
        }
        self.init(
            context: .text(try row.text("context")), questions: questions, fields: RowFields(identifier: identifier))
    }
}
