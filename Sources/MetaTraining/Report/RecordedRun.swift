import Foundation
import PERKModel

/// A run as it lies in its directory, finished or not.
public struct RecordedRun {
    /// A checkpoint of the run.
    struct Checkpoint {
        let name: String
        /// Whether it is the one of the best evaluation; otherwise it is the newest.
        let isBest: Bool

        var step: Int { Int(name.drop { $0 != "-" }.dropFirst()) ?? 0 }
    }

    let directory: String
    let configuration: TrainingConfiguration
    /// The configuration as the run recorded it.
    let resolvedYAML: String
    let metrics: RecordedMetrics
    /// The checkpoint of the best evaluation, or else the newest; `nil` where the run has none yet.
    let checkpoint: Checkpoint?

    /// Whether the run began with a meta-trained model, which has an adapter, a weighter and an inner loop of its own.
    var beganMetaTrained: Bool { configuration.beginsMetaTrained }

    /// Reads a run.
    ///
    /// - Throws: `RunReportError`, or another error that names the file that is missing or damaged.
    public init(directory: String) throws {
        let configurationFile = "\(directory)/resolved.yaml"
        guard let text = try? String(contentsOfFile: configurationFile, encoding: .utf8) else {
            throw RunReportError(
                file: configurationFile,
                problem: "cannot be read: give the directory of a training run")
        }
        self.directory = directory
        resolvedYAML = text
        configuration = try TrainingConfiguration(path: configurationFile)
        let metricsFile = "\(directory)/\(configuration.output.metricsFile)"
        metrics = try RecordedMetrics(path: metricsFile, labels: configuration.peopleLabels)
        guard !metrics.steps.isEmpty else {
            throw RunReportError(file: metricsFile, problem: "holds no step yet: wait until the run has taken some")
        }
        checkpoint = try Self.checkpoint(below: directory)
    }

    private static func checkpoint(below directory: String) throws -> Checkpoint? {
        let run = RunFolder(path: directory), best = try run.best()
        guard let name = try best ?? run.latest() else { return nil }
        let checkpoint = Checkpoint(name: name, isBest: best != nil)
        guard FileManager.default.fileExists(atPath: "\(directory)/\(checkpoint.name)/perk.json") else {
            throw RunReportError(
                file: "\(directory)/\(checkpoint.name)",
                problem: "is no checkpoint, though the run's file \(checkpoint.isBest ? "best" : "latest") names it; "
                    + "if the run is going on, try again")
        }
        return checkpoint
    }

    /// The model of the checkpoint.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    func model() throws -> AnsweringModel? {
        try checkpoint.map { try AnsweringModel(path: "\(directory)/\($0.name)") }
    }

    /// The newest evaluation that the checkpoint's model had, or the run where it has no checkpoint.
    var evaluation: RecordedMetrics.Evaluation? {
        metrics.evaluations.last { evaluation in checkpoint.map { evaluation.step <= $0.step } ?? true }
    }
}
