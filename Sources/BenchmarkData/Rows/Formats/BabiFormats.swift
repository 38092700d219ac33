extension RowFormat {
    /// The text files of bAbI 1.2: numbered statements with questions between them.
    public static let babi = RowFormat("babi", members: [], metric: { _ in .exactMatch }) { (_) throws(RowFault) in
        throw RowFault("rows of babi are text, not JSON")
    }
    /// BABILong as Hugging Face has it: a text, a question and a word. Its label rule is for the tasks that have labels.
    public static let babilong = RowFormat(
        "babilong", members: [["input"], ["question"], ["target"]],
        metric: { BabilongRule.hasLabels(task: $0) ? .babilong : .exactMatch }
    ) { (row) throws(RowFault) in try QADocument(babilong: row) }
}

extension QADocument {
    /// `{"input", "question", "target"}`, the facts of a bAbI story spread over a long text.
    init(babilong row: RowObject) throws(RowFault) {
        self.init(
            context: .text(try row.text("input")),
            questions: [DocumentQuestion(question: try row.text("question"), answers: try row.texts("target"))],
            fields: DocumentFields(
                task: try row.optionalText("task"), length: row.optionalInteger("length"),
                identifier: try row.optionalText("id")))
    }
}

/// A question of a bAbI story (Weston et al. 2015, version 1.2) with the statements before it.
///
/// Lines are `ID statement`, or `ID question`, a tab, the answer, a tab, and the IDs of the statements that support it.
/// Questions stand between the statements and each is about what has been said so far, so each makes a row of its own.
/// Earlier questions are no part of the text.
extension QADocument {
    /// - Parameter story: the lines from a story's beginning to a question, that one included.
    /// - Throws: `RowFault` where lines are not of that form.
    init(babiStory story: ArraySlice<UInt8>) throws(RowFault) {
        var statements: [(id: Int, text: String)] = []
        var last: (parts: [Substring], byte: Int)?
        for bytes in story.split(separator: UInt8(ascii: "\n")) where !bytes.allSatisfy(\.isSpace) {
            let byte = bytes.startIndex - story.startIndex
            let bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
            guard let line = String(validating: bytes, as: UTF8.self) else {
                throw RowFault("is not UTF-8", byte: byte)
            }
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, let id = Int(words[0]) else {
                throw RowFault(
                    "\"\(line.prefix(32))\" is no line of bAbI: begin it with its number and a space", byte: byte)
            }
            let parts = words[1].split(separator: "\t", omittingEmptySubsequences: false)
            last = (parts, byte)
            if parts.count == 1 { statements.append((id, String(words[1]).trimmed)) }
        }
        guard let (parts, byte) = last, parts.count > 1 else { throw RowFault("a story ends without a question") }
        let question = String(parts[0]).trimmed
        let answer = String(parts[1]).trimmed
        guard !question.isEmpty, !answer.isEmpty else {
            throw RowFault("a question or its answer is empty", byte: byte)
        }
        guard !statements.isEmpty else { throw RowFault("no statement stands before the question", byte: byte) }
        var support: [String] = []
        for word in parts.dropFirst(2).first?.split(separator: " ") ?? [] {
            guard let id = Int(word), let statement = statements.last(where: { $0.id == id }) else {
                throw RowFault(
                    "the question is supported by \"\(word.prefix(32))\", which is no statement before it", byte: byte)
            }
            support.append(statement.text)
        }
        self.init(
            context: .text(statements.map(\.text).joined(separator: "\n")),
            questions: [DocumentQuestion(question: question, answers: [answer], support: support)])
    }
}
