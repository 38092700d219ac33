import BenchmarkData
/// Documents that are measured together: those of one task at one length, depth and number of facts, or of one file.
public struct EvaluationCell: Sendable {
    /// Where the documents come from.
    public enum Source: Sendable {
        case generated(GeneratedTask, GeneratorSettings)
        case facts(FactsSettings, seed: UInt64)
        case file(RowFile)
    }

    /// The task's name, or the file's.
    public let task: String
    /// The wanted tokens of a document, where it was the same for all.
    public let length: Int?
    /// Where the relevant facts stand, from 0 to 1, where that was the same for all.
    public let depth: Double?
    /// How much is stated, where that was the same for all: people, keys, values, events.
    public let facts: Int?
    public let documents: Int
    public let source: Source

    public init(
        task: String, length: Int? = nil, depth: Double? = nil, facts: Int? = nil, documents: Int, source: Source
    ) {
        self.task = task
        self.length = length
        self.depth = depth
        self.facts = facts
        self.documents = documents
        self.source = source
    }

    /// The task with what sets the cell apart: `qa1, 1024 tokens, depth 0.5`.
    public var name: String {
        [
            task, length.map { "\($0) tokens" }, depth.map { "depth \($0)" }, facts.map { "\($0) \(factsName)" },
        ].compactMap(\.self).joined(separator: ", ")
    }

    /// What `facts` counts.
    private var factsName: String { if case .facts = source { "people" } else { "facts" } }

    /// The cell's documents in their order, each once.
    ///
    /// - Throws: `GeneratorError` or `FactsSettingsError` for documents that cannot be drawn.
    func rows() throws -> EvaluationRows { try EvaluationRows(self) }

    /// The rule that the answers are scored by; `nil` where a benchmark's own is not at hand.
    func metric(for row: BenchmarkRow) -> Metric? {
        switch source {
        case .generated(let task, _): task.metric
        case .facts: GeneratedTask.facts.metric
        case .file(let file): Metric.standard(for: file.format, task: row.fields.task)
        }
    }
}

/// Draws a cell's documents.
struct EvaluationRows {
    private enum Origin {
        case generator(any DocumentGenerator)
        case facts(FactsGenerator)
        case file(RowFile, next: Int)
    }

    private var origin: Origin

    fileprivate init(_ cell: EvaluationCell) throws {
        switch cell.source {
        case .generated(let task, let settings): origin = .generator(try task.generator(settings: settings))
        case .facts(let settings, let seed):
            origin = .facts(try FactsGenerator(settings: settings, seed: seed, split: .evaluation))
        case .file(let file): origin = .file(file, next: 0)
        }
    }

    /// - Throws: `GeneratorError`, or `RowError` for a row that cannot be read; the next call goes on behind it.
    mutating func next() throws -> BenchmarkRow {
        switch origin {
        case .generator(var generator):
            defer { origin = .generator(generator) }
            return try generator.row()
        case .facts(var generator):
            defer { origin = .facts(generator) }
            return BenchmarkRow(generator.document())
        case .file(let file, let next):
            origin = .file(file, next: next + 1)
            return try file.row(at: next)
        }
    }
}
