extension BenchmarkRow {
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
        var questions: [RowQuestion] = []
        for question in try row.objects("questions") {
            questions.append(
                RowQuestion(
                    question: try question.text("question"), answers: try question.texts("answer"),
                    support: try question.optionalTexts("support")))
        }
        self.init(
            context: .segments(segments), questions: questions,
            fields: RowFields(identifier: try row.optionalText("guid", "database_id")))
    }

    /// A student's record from its statements, each "Name: value".
    static func studentRecord(_ statements: [String]) -> String { statements.joined(separator: ", ") + "." }
}
