import Foundation
import ModelFiles

/// What an evaluation leaves behind: its predictions while it runs, figures and a report when it is done; in a folder,
/// where one is given.
public struct EvaluationRecord {
    /// The predictions so far; those of an interrupted evaluation are read back.
    public var log: PredictionLog
    private let heading: PredictionLog.Heading
    private let cells: [EvaluationCell]
    private let folder: String?

    /// - Parameter folder: made where it is not there; `nil` to keep everything in memory.
    /// - Throws: `PredictionLogError`, for a folder with another evaluation's predictions too.
    public init(_ heading: PredictionLog.Heading, cells: [EvaluationCell], folder: String?) throws {
        (self.heading, self.cells, self.folder) = (heading, cells, folder)
        guard let folder else {
            log = PredictionLog()
            return
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        log = try PredictionLog(path: "\(folder)/predictions.jsonl", heading: heading)
    }

    /// The figures of the predictions so far, each method's in each cell.
    public var summaries: [EvaluationSummary] { EvaluationSummary.all(of: log.predictions, cells: cells) }

    /// The figures as lines of text.
    public var table: String { EvaluationTable.text(summaries, choice: log.choice) }

    /// The figures in lm-evaluation-harness's layout.
    public func results() throws -> Data {
        try ResultsFile(summaries, heading: heading, choice: log.choice).serialized()
    }

    /// Writes `results.json` and `report.html` into the folder, if there is one.
    ///
    /// - Throws: an error that names the file.
    public func writeFigures() throws {
        guard let folder else { return }
        let report = EvaluationReport(
            summaries, predictions: log.predictions, heading: heading, choice: log.choice)
        try replaceFile(at: "\(folder)/results.json", with: [results()])
        try replaceFile(at: "\(folder)/report.html", with: [Data(report.page.source.utf8)])
    }
}
