import DataParallel
import Foundation
import ModelFiles
import PERKModel

/// A training run with its record in a directory: the configuration in force, metrics, checkpoints and, in the end, the
/// model. Of several ranks the first alone writes.
///
///     resolved.yaml          the configuration in force
///     metrics.jsonl          a line for each step and each evaluation
///     checkpoint-STEP/       what the run can be resumed from; `latest` and `best` name one each
///     tensorboard/           the metrics for TensorBoard, if wanted
///     model/                 the finished model
public struct TrainingSession {
    public private(set) var run: TrainingRun
    /// `nil` on the other ranks.
    private let record: RunRecord?

    /// Begins a run in the configuration's directory, or resumes the one there from its last checkpoint.
    ///
    /// What a run's model is made of is fixed when it begins: where it is resumed with another configuration, what it
    /// began with stays in force, and `report` is told of each setting that is overruled.
    ///
    /// - Parameters:
    ///   - ranks: the processes that share the run's work and the directory.
    ///   - report: told what a person should know.
    /// - Throws: `RunDirectoryError`; what `TrainingRun` throws; an error that names a file that is missing or damaged.
    public init(
        _ configuration: TrainingConfiguration, resuming: Bool, ranks: any Communicator = SingleProcess(),
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let path = configuration.output.directory
        let directory = ranks.rank == 0 ? try RunDirectory(path: path, resuming: resuming) : nil
        // The others read once nobody else can write.
        try ranks.barrier()
        var configuration = configuration
        var checkpoint: TrainingCheckpoint?
        if resuming {
            checkpoint = try TrainingCheckpoint(latestBelow: path, base: configuration.meta.trainedBase)
            if let checkpoint, configuration.beginsMetaTrained { configuration.adopt(checkpoint.model) }
            let overruled = configuration.keepWhatIsFixed(inRunAt: path, phase: checkpoint?.state.phase ?? .base)
            if ranks.rank == 0 { for setting in overruled { report(setting.description) } }
        }
        try Self.requireCommonDirectory(path, step: checkpoint?.state.step, ranks)
        let run = try TrainingRun(configuration, checkpoint: checkpoint, ranks: ranks, report: report)
        if ranks.rank == 0, checkpoint?.state.phase == .finished { report(run.continuation) }
        self.run = run
        record = try directory.map { try RunRecord(of: run, in: $0, resuming: resuming) }
    }

    /// Does the next piece of work, and records it.
    ///
    /// - Returns: what came of it; `nil` once the run has ended.
    /// - Throws: what `TrainingRun.next` throws; `MetricsLogError`, `EventFileError`; what writing a model throws.
    public mutating func next() throws -> TrainingEvent? {
        let event = try run.next()
        if let event { try record?.write(event, of: run) }
        return event
    }

    /// Whether somebody wants the run to end after the step at hand.
    public var isInterrupted: () -> Bool {
        get { run.isInterrupted }
        set { run.isInterrupted = newValue }
    }

    /// Every rank must have read the same checkpoint.
    private static func requireCommonDirectory(_ directory: String, step: Int?, _ ranks: any Communicator) throws {
        let own = Double(step ?? -1)
        var first = [own]
        try ranks.broadcast(&first)
        guard first[0] == own else { throw RunDirectoryError.notShared(directory: directory, rank: ranks.rank) }
    }
}

extension TrainingRun {
    /// What becomes of a finished run that is resumed.
    fileprivate var continuation: String {
        guard state.phase == .finished else { return "the finished run trains on in stage \(stage.name)" }
        return
            "the run is finished, at step \(state.step): a further stage in its curriculum trains on, and so do more "
            + "steps for a last stage that was out of them"
    }
}

/// The files of a run, as its first rank writes them.
private struct RunRecord {
    private let directory: RunDirectory
    private let metrics: MetricsLog
    private let events: EventFile?

    /// - Throws: `MetricsLogError`, `EventFileError`, or an error that names the file that cannot be written.
    init(of run: TrainingRun, in directory: RunDirectory, resuming: Bool) throws {
        self.directory = directory
        let (output, step) = (run.configuration.output, run.state.step)
        // Before the first step the run is measured anew.
        metrics = try MetricsLog(
            path: "\(directory.path)/\(output.metricsFile)", resumingAfter: resuming && step > 0 ? step : nil)
        events = output.tensorBoard ? try EventFile(folder: "\(directory.path)/tensorboard", firstStep: step + 1) : nil
        try replaceFile(
            at: "\(directory.path)/resolved.yaml", with: [Data(run.configuration.resolvedYAML().utf8)])
    }

    func write(_ event: TrainingEvent, of run: TrainingRun) throws {
        switch event {
        case .step(let figures):
            try metrics.append(step: run.state.step, figures)
            try events?.append(step: run.state.step, figures.scalars)
        case .evaluation(let evaluation):
            try metrics.append(step: run.state.step, EvaluationFigures(evaluation, stage: run.stage.name))
            try events?.append(step: run.state.step, evaluation.scalars)
        case .checkpoint(let checkpoint):
            try checkpoint.write(below: directory.path, retention: run.configuration.output.retention)
        case .finished:
            try writeModel(of: run)
        case .stageEnded, .interrupted: break
        }
    }

    /// Writes the finished model, whole before it has its name.
    private func writeModel(of run: TrainingRun) throws {
        let (unfinished, finished) = ("\(directory.path)/model.unfinished", "\(directory.path)/model")
        let files = FileManager.default
        try? files.removeItem(atPath: unfinished)
        let last = "\(directory.path)/\(TrainingCheckpoint.name(run.state.step))"
        try finalModel(of: run).write(to: unfinished, besides: last)
        if files.fileExists(atPath: finished) { try files.removeItem(atPath: finished) }
        try files.moveItem(atPath: unfinished, toPath: finished)
    }

    /// The model of the last step or, where that is wanted and there is one, of the best evaluation.
    private func finalModel(of run: TrainingRun) throws -> AnsweringModel {
        guard run.configuration.output.model == .best, let best = run.state.best, best.step != run.state.step else {
            return run.checkpoint.model
        }
        return try AnsweringModel(path: "\(directory.path)/\(TrainingCheckpoint.name(best.step))")
    }
}
