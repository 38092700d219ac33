import Foundation
import HTMLReports

/// The page about a run.
public struct RunReport {
    let run: RecordedRun

    public init(run: RecordedRun) { self.run = run }

    /// Reads the run's checkpoint, and learns a few documents with it.
    ///
    /// - Throws: an error that names a file of the checkpoint which is damaged.
    public func page() throws -> HTMLPage {
        let model = try run.model()
        let aboutLearning =
            model?.method != .inContext
            ? [LearnedRates(run: run, model: model).section, try TokenWeightExamples(run: run, model: model).section()]
            : []
        return HTMLPage(
            title: "Meta-training: \(URL(fileURLWithPath: run.directory).lastPathComponent)",
            introduction: RunSummary(run: run).introduction,
            sections: [
                RunSummary(run: run).section,
                TrainingCurves(run: run).section,
                ValidationResults(run: run).section,
            ] + aboutLearning)
    }
}

extension RecordedRun {
    /// Which checkpoint the page speaks of.
    var checkpointDescription: String {
        guard let checkpoint else { return "no checkpoint yet" }
        return checkpoint.isBest
            ? "\(checkpoint.name), the best" : "\(checkpoint.name), the newest (the run names none as the best)"
    }
}

/// Why no report could be made of a run.
public struct RunReportError: Error, Equatable, CustomStringConvertible {
    public let file: String
    /// Counted from 1.
    public var line: Int?
    public let problem: String

    public var description: String { line.map { "\(file):\($0): \(problem)" } ?? "\(file): \(problem)" }
}
