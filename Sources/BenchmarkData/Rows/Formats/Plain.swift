import StrictJSON

extension BenchmarkRow {
    /// `{"context": text or [segment…], "question", "answer" or "answers": text or [text…]}`
    ///
    /// Taken where they are there: `support`, text or list; `task`, `length`, `id`. Answers may also be
    /// `{"text": [text…]}`, as Hugging Face has those of SQuAD.
    init(plain row: RowObject) throws(RowFault) {
        let (name, value) = try row.required(["answer", "answers"])
        let answers: [String]
        if case .object = value {
            answers = try RowObject(value, place: name + ".").texts("text")
        } else {
            answers = try row.texts("answer", "answers")
        }
        self.init(
            context: try row.context("context"),
            questions: [
                RowQuestion(
                    question: try row.text("question"), answers: answers, support: try row.optionalTexts("support"))
            ],
            fields: RowFields(
                task: try row.optionalText("task", "dataset"), length: row.optionalInteger("length"),
                identifier: try row.optionalText("id", "_id")))
    }
}

extension RowObject {
    /// Segments where the member is a list, otherwise a text.
    func context(_ names: String...) throws(RowFault) -> BenchmarkRow.Context {
        guard case .array = try required(names).value else { return .text(try text(names)) }
        return .segments(try texts(names))
    }
}
