import StrictJSON

extension BenchmarkRow {
    /// `{"context": [[title, [sentence…]]…], "supporting_facts": [[title, index of a sentence]…], "question", "answer", "_id"}`
    ///
    /// Each paragraph becomes a segment, its title on a line of its own. The data points at some sentences that do not
    /// exist; those support nothing.
    init(hotpotQA row: RowObject) throws(RowFault) {
        var paragraphs: [(title: String, sentences: [String])] = []
        for entry in try row.list("context") {
            guard case .array(let pair) = entry.value, pair.count == 2 else {
                throw RowFault("\"\(entry.name)\" is not a title and a list of sentences")
            }
            let title = try pair[0].text(entry.name + "[0]")
            guard case .array(let elements) = pair[1] else {
                throw RowFault("\"\(entry.name)[1]\" is \(pair[1].kind); give a list of sentences")
            }
            // Blank sentences stay: they are counted.
            var sentences: [String] = []
            for element in elements { sentences.append(try element.text(entry.name + "[1]")) }
            paragraphs.append((title, sentences))
        }
        let sentences = Dictionary(paragraphs.map { ($0.title, $0.sentences) }) { first, _ in first }
        var support: [String] = []
        for fact in try row.list("supporting_facts") {
            guard case .array(let pair) = fact.value, pair.count == 2, case .integer(let index) = pair[1] else {
                throw RowFault("\"\(fact.name)\" is not a title and the index of a sentence")
            }
            let title = try pair[0].text(fact.name + "[0]")
            if let paragraph = sentences[title], paragraph.indices.contains(index) {
                support.append(paragraph[index].trimmed)
            }
        }
        self.init(
            context: .segments(
                paragraphs.map { paragraph in
                    let sentences = paragraph.sentences.map(\.trimmed).filter { !$0.isEmpty }
                    return paragraph.title + "\n" + sentences.joined(separator: " ")
                }),
            questions: [
                RowQuestion(
                    question: try row.text("question"), answers: try row.texts("answer"),
                    support: support)
            ],
            fields: RowFields(
                task: try row.optionalText("type"), identifier: try row.optionalText("_id"),
                groups: try row.optionalTexts("level")))
    }
}
