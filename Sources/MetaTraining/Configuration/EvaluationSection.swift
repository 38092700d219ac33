import StrictConfiguration

/// `evaluation`: measuring on held-out documents.
struct EvaluationSection: ConfigurationSection {
    var interval = 100
    var documents = 16
    var people = [2, 4, 8]
    var files: [EvaluationFile] = []
    var tasks: [EvaluationTask] = []
    var metric = EvaluationMetric.accuracy
    var patience: Int?

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "interval", into: &interval, in: 1...10_000_000, "The number of meta-steps between two evaluations")
        try reader.read(
            "documents", into: &documents, in: 1...65_536, "The number of documents for each number of people")
        try reader.readList("people", into: &people, in: 1...4096, "The numbers of people to evaluate at")
        try reader.readSections("files", into: &files, "Files of documents to evaluate on besides")
        try reader.readSections("tasks", into: &tasks, "Generated tasks of benchmarks to evaluate on besides")
        try reader.read(
            "metric", into: &metric, "The mean by which the best checkpoint is chosen and training stops early")
        try reader.read(
            "patience", into: &patience, in: 1...1_000_000,
            "A stage is over after so many evaluations without a better one than before; null for never")
    }

    func validate(_ reader: SectionReader) throws {
        guard !setNames.isEmpty else {
            throw reader.refusal("people", "the list is empty; give at least one number of people, file or task")
        }
        guard Set(setNames).count == setNames.count else {
            throw reader.refusal(
                "files", "two sets have the same name; give each number of people, file name and task once")
        }
    }

    /// The names of what is measured, in order; see `Evaluation`.
    var setNames: [String] {
        people.map(Evaluation.name(people:)) + files.map(Evaluation.name(file:)) + tasks.map(Evaluation.name(task:))
    }

    /// How many documents the set of a task or a file has, at most; `nil` for a name that is none of theirs.
    func documents(ofSet name: String) -> Int? {
        tasks.first { Evaluation.name(task: $0) == name }?.documents
            ?? files.first { Evaluation.name(file: $0) == name }?.documents
    }
}

/// What tells a better evaluation from a worse one.
enum EvaluationMetric: String, ConfigurationChoice, Codable, Sendable {
    case accuracy, loss
}
