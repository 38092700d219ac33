import StrictJSON

extension RowFormat {
    /// A context, a question and an answer, or several accepted ones.
    public static let plain = RowFormat(
        "plain", members: [["context"], ["question"], ["answer", "answers"]], metric: { _ in .exactMatch }
    ) { (row) throws(RowFault) in try QADocument(plain: row) }
    /// SQuAD 1.1 and 2.0: a row for each paragraph, with all its questions. Scored by F1, with exact match
    /// beside it.
    public static let squad = RowFormat("squad", members: [["context"], ["qas"]], metric: { _ in .f1 }) {
        (row) throws(RowFault) in try QADocument(squad: row)
    }
    /// SQuAD 1.1 and 2.0 as Hugging Face has them: a row for each question. Scored as the nested form is.
    public static let squadRows = RowFormat(
        "squad-rows", members: [["context"], ["question"], ["answers"], ["answers.text"]], metric: { _ in .f1 }
    ) { (row) throws(RowFault) in try QADocument(plain: row) }
    /// A text with a sentence hidden in it that answers the question. It has to be contained; published scores are those
    /// of a language model that judges.
    public static let needle = RowFormat(
        "niah", members: [["context", "haystack"], ["question", "retrieval_question"], ["needle"]],
        metric: { _ in .stringMatchPart }
    ) { (row) throws(RowFault) in try QADocument(needle: row) }
}

extension QADocument {
    /// `{"context": text or [segment…], "question", "answer" or "answers": text or [text…]}`
    ///
    /// Taken where they are there: `support`, text or list; `task`, `length`, `id`. Answers may also be
    /// `{"text": [text…]}`, as Hugging Face has those of SQuAD. Where that list is empty, the text does not answer the
    /// question (SQuAD 2.0); the accepted answer is then the empty one, as its measures count it.
    init(plain row: RowObject) throws(RowFault) {
        let (name, value) = try row.required(["answer", "answers"])
        let answers: [String]
        if case .object = value {
            let listed = try RowObject(value, place: name + ".")
            answers = listed.value(["text"])?.value == .array([]) ? [""] : try listed.texts("text")
        } else {
            answers = try row.texts("answer", "answers")
        }
        self.init(
            context: try row.context("context"),
            questions: [
                DocumentQuestion(
                    question: try row.text("question"), answers: answers, support: try row.optionalTexts("support"))
            ],
            fields: DocumentFields(
                task: try row.optionalText("task", "dataset"), length: row.optionalInteger("length"),
                identifier: try row.optionalText("id", "_id")))
    }
}

extension RowObject {
    /// Segments where the member is a list, otherwise a text.
    func context(_ names: String...) throws(RowFault) -> QADocument.Context {
        guard case .array = try required(names).value else { return .text(try text(names)) }
        return .segments(try texts(names))
    }
}

extension QADocument {
    /// A paragraph: `{"context", "qas": [{"id", "question", "answers": [{"text"}…], "is_impossible"}…]}`
    ///
    /// A question that the paragraph does not answer (SQuAD 2.0) has the empty answer, as its measures count it.
    init(squad row: RowObject) throws(RowFault) {
        var questions: [DocumentQuestion] = []
        var identifier: String?
        for entry in try row.objects("qas") {
            if identifier == nil { identifier = try entry.optionalText("id") }
            var answers: [String] = []
            if entry.value(["is_impossible"])?.value == .boolean(true) {
                answers = [""]
            } else {
                for answer in try entry.objects("answers") { answers.append(try answer.text("text")) }
            }
            questions.append(DocumentQuestion(question: try entry.text("question"), answers: answers))
        }
        self.init(
            context: .text(try row.text("context")), questions: questions,
            fields: DocumentFields(identifier: identifier))
    }
}

extension QADocument {
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
                DocumentQuestion(
                    question: try row.text("question", "retrieval_question"),
                    answers: answers.isEmpty ? needles : answers, support: needles)
            ],
            fields: DocumentFields(
                task: try row.optionalText("task"), length: row.optionalInteger("context_length"), depth: depth,
                identifier: try row.optionalText("id")))
    }
}
