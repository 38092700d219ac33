extension RowFormat {
    /// PERK's BABILong: the context in segments, one question, the facts that support its answer.
    public static let perkBabilong = RowFormat(
        "perk-babilong", members: [["context"], ["question"], ["answer"], ["support"]], metric: { _ in .exactMatch }
    ) { (row) throws(RowFault) in try QADocument(perkBabilong: row) }
    /// PERK's Student Records: a database of students and several questions about it.
    public static let studentRecords = RowFormat(
        "student-records", members: [["database"], ["questions"]], metric: { _ in .exactMatch }
    ) { (row) throws(RowFault) in try QADocument(studentRecords: row) }
    /// PERK's LongGorilla: descriptions of programming interfaces and a task for one of them.
    public static let longGorilla = RowFormat(
        "long-gorilla",
        members: [["context"], ["question", "prompt"], ["answer", "api_call"], ["location", "api_call"]],
        metric: { _ in .exactMatch }
    ) { (row) throws(RowFault) in try QADocument(longGorilla: row) }
}

extension QADocument {
    /// `{"context": [segment…], "question", "answer", "support": [fact…]}`
    init(perkBabilong row: RowObject) throws(RowFault) {
        self.init(
            context: .segments(try row.texts("context")),
            questions: [
                DocumentQuestion(
                    question: try row.text("question"), answers: try row.texts("answer"),
                    support: try row.optionalTexts("support"))
            ],
            fields: DocumentFields(identifier: try row.optionalText("guid", "id")))
    }
}

extension QADocument {
    /// `{"database": [student…], "questions": [{"question", "answer"}…]}`
    ///
    /// Each student becomes a segment of its own that says all members in the file's order:
    /// "Student Id: 3109998, Year: Sophomore, Grade: 72."
    init(studentRecords row: RowObject) throws(RowFault) {
        var segments: [String] = []
        for student in try row.objects("database") {
            let statements = try student.statements()
            guard !statements.isEmpty else {
                throw RowFault("\"database\" has a student without members; leave it out")
            }
            segments.append(Self.studentRecord(statements))
        }
        var questions: [DocumentQuestion] = []
        for question in try row.objects("questions") {
            questions.append(
                DocumentQuestion(
                    question: try question.text("question"), answers: try question.texts("answer"),
                    support: try question.optionalTexts("support")))
        }
        self.init(
            context: .segments(segments), questions: questions,
            fields: DocumentFields(identifier: try row.optionalText("guid", "database_id")))
    }

    /// A student's record from its statements, each "Name: value".
    static func studentRecord(_ statements: [String]) -> String { statements.joined(separator: ", ") + "." }
}

extension QADocument {
    /// `{"context": [interface…], "question" or "prompt", "answer" or "api_call", "location"}`
    ///
    /// The location, where the wanted interface stands in the context, becomes a group: "pre".
    init(longGorilla row: RowObject) throws(RowFault) {
        self.init(
            context: .segments(try row.texts("context")),
            questions: [
                DocumentQuestion(
                    question: try row.text("question", "prompt"), answers: try row.texts("answer", "api_call"),
                    support: try row.optionalTexts("support"))
            ],
            fields: DocumentFields(
                identifier: try row.optionalText("guid", "id"), groups: try row.optionalTexts("location")))
    }
}
