extension RowFormat {
    /// LongBench, whose data sets are scored each in a way of its own. Its Chinese data sets multifieldqa_zh, dureader and
    /// vcsum are scored by words, which Chinese does not mark.
    public static let longBench = RowFormat(
        "longbench", members: [["input"], ["context"], ["answers"]], metric: { Metric.ofLongBench(dataSet: $0) }
    ) { (row) throws(RowFault) in try QADocument(longBench: row) }
    /// LongBench v2: multiple choice, scored by the stated choice.
    public static let longBenchV2 = RowFormat(
        "longbench-v2",
        members: [["context"], ["question"], ["choice_A"], ["choice_B"], ["choice_C"], ["choice_D"], ["answer"]],
        metric: { _ in .statedChoice }
    ) { (row) throws(RowFault) in try QADocument(longBenchV2: row) }
}

extension QADocument {
    /// `{"input", "context", "answers": [text…], "length", "dataset", "all_classes", "_id"}`
    ///
    /// The input is empty in data sets that ask the same of each document, summaries above all; so is the question
    /// then.
    init(longBench row: RowObject) throws(RowFault) {
        self.init(
            context: .text(try row.text("context")),
            questions: [
                DocumentQuestion(
                    question: try row.optionalText("input") ?? "", answers: try row.texts("answers"),
                    labels: try row.optionalTexts("all_classes"))
            ],
            fields: DocumentFields(
                task: try row.optionalText("dataset"), length: row.optionalInteger("length"),
                identifier: try row.optionalText("_id")))
    }
}

extension QADocument {
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
                DocumentQuestion(
                    question: try row.text("question"), answers: [answer, choices[right]], labels: letters,
                    choices: choices)
            ],
            fields: DocumentFields(
                task: try row.optionalText("domain"), identifier: try row.optionalText("_id"), groups: groups))
    }
}
