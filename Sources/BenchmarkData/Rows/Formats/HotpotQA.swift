import StrictJSON

extension RowFormat {
    /// HotpotQA, scored by F1, with exact match beside it.
    public static let hotpotQA = RowFormat(
        "hotpotqa", members: [["context"], ["question"], ["answer"], ["supporting_facts"]],
        metric: { _ in .hotpotQAF1 }
    ) { (row) throws(RowFault) in try QADocument(hotpotQA: row) }
}

extension QADocument {
    /// `{"context": [[title, [sentence…]]…], "supporting_facts": [[title, index of a sentence]…], "question",
    /// "answer", "_id"}`
    ///
    /// Also in Hugging Face's columns: `{"title": […], "sentences": […]}` and `{"title": […], "sent_id": […]}`.
    /// Each paragraph becomes a segment, its title on a line of its own. The data points at some sentences that do not
    /// exist; those support nothing.
    init(hotpotQA row: RowObject) throws(RowFault) {
        var segments: [String] = []
        var sentences: [String: [String]] = [:]
        for entry in try row.pairs("context", columns: ("title", "sentences")) {
            guard case .array(let elements) = entry.second else {
                throw RowFault("\"\(entry.name)\" has \(entry.second.kind) for sentences; give a list")
            }
            let title = try entry.first.text(entry.name)
            // Blank sentences stay: they are counted.
            var paragraph: [String] = []
            for element in elements { paragraph.append(try element.text(entry.name).trimmed) }
            sentences[title] = sentences[title] ?? paragraph
            segments.append(title + "\n" + paragraph.filter { !$0.isEmpty }.joined(separator: " "))
        }
        var support: [String] = []
        for fact in try row.pairs("supporting_facts", columns: ("title", "sent_id")) {
            guard case .integer(let index) = fact.second else {
                throw RowFault("\"\(fact.name)\" has \(fact.second.kind) for the index of a sentence; give a number")
            }
            if let paragraph = sentences[try fact.first.text(fact.name)], paragraph.indices.contains(index) {
                support.append(paragraph[index])
            }
        }
        self.init(
            context: .segments(segments),
            questions: [
                DocumentQuestion(question: try row.text("question"), answers: try row.texts("answer"), support: support)
            ],
            fields: DocumentFields(
                task: try row.optionalText("type"), identifier: try row.optionalText("_id", "id"),
                groups: try row.optionalTexts("level")))
    }
}

extension RowObject {
    /// The pairs of a list, or of two columns: lists of the same length.
    fileprivate func pairs(
        _ name: String, columns: (String, String)
    ) throws(RowFault) -> [(name: String, first: JSONTree, second: JSONTree)] {
        if case .object = try required([name]).value {
            let object = try RowObject(required([name]).value, place: name + ".")
            let (firsts, seconds) = (try object.list(columns.0), try object.list(columns.1))
            guard firsts.count == seconds.count else {
                throw RowFault("\"\(name)\" has columns of \(firsts.count) and \(seconds.count); make them equal")
            }
            return zip(firsts, seconds).map { ($0.name, $0.value, $1.value) }
        }
        var pairs: [(name: String, first: JSONTree, second: JSONTree)] = []
        for entry in try list(name) {
            guard case .array(let pair) = entry.value, pair.count == 2 else {
                throw RowFault("\"\(entry.name)\" is no pair; give [\(columns.0), \(columns.1)]")
            }
            pairs.append((entry.name, pair[0], pair[1]))
        }
        return pairs
    }
}
