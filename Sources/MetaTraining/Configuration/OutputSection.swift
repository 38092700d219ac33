import StrictConfiguration

/// `output`: where checkpoints and metrics go.
package struct OutputSection: ConfigurationSection {
    package var directory = "run"
    var checkpointInterval = 100
    var keepLast = 1
    var model = FinalModel.last
    var metricsFile = "metrics.jsonl"
    /// Off unless asked for: the metrics file holds the same figures, and a run writes no second copy unbidden.
    var tensorBoard = false

    package init() {}

    package mutating func read(from reader: inout SectionReader) throws {
        try reader.readPath("directory", into: &directory, "The directory that everything is written to")
        try reader.read(
            "checkpointInterval", into: &checkpointInterval, in: 1...10_000_000,
            "The number of steps between two checkpoints")
        try reader.read(
            "keepLast", into: &keepLast, in: 1...10_000,
            "How many of the newest checkpoints stay; the one of the best evaluation stays besides")
        try reader.read(
            "model", into: &model, "Whether the finished model is that of the last step or of the best evaluation")
        try reader.read(
            "metricsFile", into: &metricsFile,
            "The name, within the directory, of the file with one line of figures for each step")
        try reader.read(
            "tensorBoard", into: &tensorBoard,
            "Whether event files for TensorBoard, with the same figures, are written to the folder tensorboard in it")
    }

    var retention: CheckpointRetention { CheckpointRetention(newest: keepLast, interval: checkpointInterval) }

    package func validate(_ reader: SectionReader) throws {
        guard !metricsFile.isEmpty, !metricsFile.contains("/"), metricsFile != ".", metricsFile != ".." else {
            throw reader.refusal("metricsFile", "\"\(metricsFile)\" is not a file name; leave out folders")
        }
    }
}

/// Which of a run's models is its result.
enum FinalModel: String, ConfigurationChoice, Sendable {
    case last, best
}
