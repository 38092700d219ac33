import BenchmarkData
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
    var setNames: [String] { labels.map(\.name) }

    /// What is measured, in order.
    var labels: [SourceLabel] {
        people.map(Self.label(people:)) + fileNames.map { SourceLabel(series: $0) } + tasks.map(\.label)
    }

    /// What the set of documents about so many people is called.
    static func label(people: Int) -> SourceLabel { SourceLabel(series: "", facts: people, unit: "people") }

    /// Documents about so many people that no training step sees, the same in every run.
    static func source(people: Int, settings: FactsSettings) -> FactsSource {
        FactsSource(
            people: people, settings: settings, seed: 0, split: .evaluation, series: label(people: people).series)
    }

    /// What the sets of files are called, in the order of the files.
    var fileNames: [String] { SourceLabel.names(ofFiles: files.map { $0.path ?? "" }) }

    /// How many documents the set of a task or a file has, at most; `nil` for a name that is none of theirs.
    func documents(ofSet name: String) -> Int? {
        tasks.first { $0.label.name == name }?.documents
            ?? zip(files, fileNames).first { $0.1 == name }?.0.documents
    }
}

/// What tells a better evaluation from a worse one.
enum EvaluationMetric: String, ConfigurationChoice, Codable, Sendable {
    case accuracy, loss
}
