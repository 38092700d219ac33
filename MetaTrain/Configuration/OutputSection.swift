/// `output`: where checkpoints and metrics go.
struct OutputSection: ConfigurationSection {
    /// The directory that everything is written to.
    var directory = "run"
    /// The number of meta-steps between two checkpoints.
    var checkpointInterval = 100
    /// The name, within the directory, of the file with one line of figures for each step.
    var metricsFile = "metrics.jsonl"

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readPath("directory", into: &directory)
        try reader.read("checkpointInterval", into: &checkpointInterval, in: 1...10_000_000)
        try reader.read("metricsFile", into: &metricsFile)
    }

    func validate(_ reader: SectionReader) throws {
        guard !metricsFile.isEmpty, !metricsFile.contains("/"), metricsFile != ".", metricsFile != ".." else {
            throw reader.refusal("metricsFile", "\"\(metricsFile)\" is not a file name; leave out folders")
        }
    }
}
