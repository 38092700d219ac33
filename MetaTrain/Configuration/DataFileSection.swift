import LongContextBenchmarks

/// An element of `mixture`: documents of one origin, and how many of all come from there.
struct MixturePart: ConfigurationSection {
    var weight = 1.0
    var path: String?
    var format: RowFormat?
    var badRows = BadRows.stop

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "weight", into: &weight, in: 1e-6...1e6,
            "How many tasks come from here, in proportion to the weights of the other parts")
        try reader.readPath(
            "path", into: &path, "A file of rows, as JSON Lines or otherwise; null for the stage's generated documents")
        try reader.read("format", into: &format, "The format of its rows; null to have it guessed by the first one")
        try reader.read(
            "badRows", into: &badRows, "What a row does that cannot be used: end the run, or be reported and left out")
    }

    func validate(_ reader: SectionReader) throws {
        guard path != nil || format == nil else {
            throw reader.refusal("format", "generated documents have none; give a path or remove this key")
        }
    }
}

/// What is done about a row that cannot be used.
enum BadRows: String, ConfigurationChoice, Sendable {
    case stop, skip
}

/// An element of `evaluation.files`: documents that no part of a mixture should hold.
struct EvaluationFile: ConfigurationSection {
    var path: String?
    var format: RowFormat?
    var documents = 16

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readPath("path", into: &path, "A file of rows")
        try reader.read("format", into: &format, "The format of its rows; null to have it guessed by the first one")
        try reader.read("documents", into: &documents, in: 1...65_536, "The first so many of its rows are measured")
    }

    func validate(_ reader: SectionReader) throws {
        guard path != nil else { throw reader.refusal("path", "give the path of a file of rows") }
    }
}

extension RowFormat: ConfigurationChoice {}
