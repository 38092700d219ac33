/// `evaluation`: measuring on held-out documents.
struct EvaluationSection: ConfigurationSection {
    /// The number of meta-steps between two evaluations.
    var interval = 100
    /// The number of documents for each number of people.
    var documents = 16
    /// The numbers of people to evaluate at.
    var people = [2, 4, 8]

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("interval", into: &interval, in: 1...10_000_000)
        try reader.read("documents", into: &documents, in: 1...65_536)
        try reader.readList("people", into: &people, in: 1...4096)
    }

    func validate(_ reader: SectionReader) throws {
        guard !people.isEmpty else {
            throw reader.refusal("people", "the list is empty; give at least one number of people")
        }
    }
}
