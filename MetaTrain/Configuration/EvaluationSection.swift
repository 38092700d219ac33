/// `evaluation`: measuring on held-out documents.
struct EvaluationSection: ConfigurationSection {
    var interval = 100
    var documents = 16
    var people = [2, 4, 8]

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "interval", into: &interval, in: 1...10_000_000, "The number of meta-steps between two evaluations")
        try reader.read(
            "documents", into: &documents, in: 1...65_536, "The number of documents for each number of people")
        try reader.readList("people", into: &people, in: 1...4096, "The numbers of people to evaluate at")
    }

    func validate(_ reader: SectionReader) throws {
        guard !people.isEmpty else {
            throw reader.refusal("people", "the list is empty; give at least one number of people")
        }
    }
}
