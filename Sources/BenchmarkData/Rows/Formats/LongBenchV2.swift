extension BenchmarkRow {
    /// `{"context", "question", "choice_A" to "choice_D", "answer": letter, "domain", "sub_domain", "difficulty",
    /// "length", "_id"}`
    ///
    /// The letter and the text of the right choice are both accepted. The domain becomes the task, difficulty and
    /// length ("short", "medium", "long") become groups.
    init(longBenchV2 row: RowObject) throws(RowFault) {
        let letters = ["A", "B", "C", "D"]
        var choices: [String] = []
        for letter in letters { choices.append(try row.text("choice_\(letter)")) }
        let answer = try row.text("answer")
        guard let right = letters.firstIndex(of: answer) else {
            throw RowFault("\"answer\" is \"\(answer.prefix(32))\"; give A, B, C or D")
        }
        var groups: [String] = []
        for name in ["difficulty", "length"] { groups += try row.optionalTexts(name) }
        self.init(
            context: .text(try row.text("context")),
            questions: [
                RowQuestion(
                    question: try row.text("question"), answers: [answer, choices[right]], labels: letters,
                    choices: choices)
            ],
            fields: RowFields(
                task: try row.optionalText("domain"), identifier: try row.optionalText("_id"), groups: groups))
    }
}
