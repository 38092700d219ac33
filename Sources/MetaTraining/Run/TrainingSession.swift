import DataParallel
import Foundation
import ModelFiles
import PERKModel
import ProgressReports

/// A run was interrupted, after the same step on every rank, and its checkpoint was written.
public struct TrainingInterrupted: SharedFailure, Equatable, CustomStringConvertible {
    public let step: Int

    public var description: String { "interrupted at step \(step)" }
}

/// Why a run cannot be begun or resumed in a directory.
public enum RunDirectoryError: Error, Equatable, CustomStringConvertible {
    /// There is no checkpoint to resume from.
    case nothingToResume(directory: String)
    /// There is a run already, which is never written over.
    case holdsRun(directory: String)
    /// A rank does not find the checkpoint that the first rank found.
    case notShared(directory: String, rank: Int)

    public var description: String {
        switch self {
        case .nothingToResume(let directory): "there is no checkpoint in \(directory) to resume"
        case .holdsRun(let directory): "\(directory) holds a run already"
        case .notShared(let directory, let rank):
            "rank \(rank) does not find the first rank's checkpoint in \(directory)"
        }
    }
}

/// A training run as a person sees it: progress, metrics, checkpoints, interruption. Of several ranks the first alone
/// writes and tells.
public struct TrainingSession {
    private var run: TrainingRun
    private let lock: RunLock?
    private let directory: String
    private let ranks: any Communicator
    private let metrics: MetricsLog?
    private let events: EventFile?
    /// Whether somebody wants the run to end after the step at hand.
    public var isInterrupted: () -> Bool = { false }
    /// The mean accuracy of the last evaluation.
    private var accuracy: Double?

    /// Begins a run in the configuration's directory, or resumes the one there from its last checkpoint.
    ///
    /// - Throws: `RunDirectoryError`, `RunLockedError`; an error that names the file that is missing or damaged.
    public init(
        _ configuration: TrainingConfiguration, resuming: Bool, ranks: any Communicator = SingleProcess()
    ) throws {
        directory = configuration.output.directory
        self.ranks = ranks
        lock = ranks.rank == 0 ? try Self.lock(directory, resuming: resuming) : nil
        // The others read once nobody else can write.
        try ranks.barrier()
        let checkpoint =
            resuming
            ? try TrainingCheckpoint(latestBelow: directory, base: configuration.meta.trainedBase) : nil
        try Self.requireCommonDirectory(directory, step: checkpoint?.state.step, ranks)
        run = try TrainingRun(configuration, checkpoint: checkpoint, ranks: ranks)
        guard ranks.rank == 0 else {
            (metrics, events) = (nil, nil)
            return
        }
        let path = "\(directory)/\(run.configuration.output.metricsFile)"
        metrics = try MetricsLog(path: path, resumingAfter: checkpoint?.state.step)
        events =
            run.configuration.output.tensorBoard
            ? try EventFile(folder: "\(directory)/tensorboard", firstStep: run.state.step + 1) : nil
        try replaceFile(at: "\(directory)/resolved.yaml", with: [Data(run.configuration.resolvedYAML().utf8)])
    }

    private static func lock(_ directory: String, resuming: Bool) throws -> RunLock {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let lock = try RunLock(directory: directory)
        let hasCheckpoint = FileManager.default.fileExists(atPath: "\(directory)/latest")
        if resuming && !hasCheckpoint { throw RunDirectoryError.nothingToResume(directory: directory) }
        if !resuming && hasCheckpoint { throw RunDirectoryError.holdsRun(directory: directory) }
        return lock
    }

    /// Every rank must have read the same checkpoint.
    private static func requireCommonDirectory(_ directory: String, step: Int?, _ ranks: any Communicator) throws {
        let own = Double(step ?? -1)
        var first = [own]
        try ranks.broadcast(&first)
        guard first[0] == own else { throw RunDirectoryError.notShared(directory: directory, rank: ranks.rank) }
    }

    /// An evaluation as it goes to the metrics file: each figure by the name of the set.
    private struct EvaluationFigures: Encodable {
        let stage: String
        let accuracy: [String: Double]
        let loss: [String: Double]
        let tokens: [String: Double]
        let questions: [String: Int]

        init(_ evaluation: Evaluation, stage: String) {
            self.stage = stage
            accuracy = evaluation.sets.mapValues(\.accuracy)
            loss = evaluation.sets.mapValues(\.loss)
            tokens = evaluation.sets.mapValues(\.tokens)
            questions = evaluation.sets.mapValues(\.questions)
        }
    }

    /// Trains to the end, or until interrupted; a checkpoint is written either way.
    ///
    /// - Throws: `TrainingInterrupted`.
    public consuming func train() throws {
        defer { withExtendedLifetime(lock) {} }
        let configuration = run.configuration
        let total =
            configuration.base.steps + configuration.curriculum.reduce(0) { $0 + $1.maximumSteps }
        var progress =
            writes ? ProgressReport.onStandardError(title: "train", total: total, resumedFrom: run.state.step) : nil
        if run.state.step == 0 && run.state.phase == .meta {
            let message = try evaluate().message
            progress?.announce(message)
        }
        while try run.state.phase != .finished && !isAnyInterrupted() {
            let figures = try takeStep()
            progress?.update(
                completed: run.state.step, tokens: figures.tokens, figures: self.figures(of: figures.stage ?? "base"))
            if let message = try evaluateAndAdvance(after: figures.phase) { progress?.announce(message) }
            let isBest = run.state.best?.step == run.state.step
            if isBest || run.state.step.isMultiple(of: configuration.output.checkpointInterval) {
                try writeCheckpoint()
            }
        }
        try writeCheckpoint()
        progress?.finish()
        if run.state.phase == .finished {
            try writeModel()
            progress?.announce("the model is in \(directory)/model")
            if let best = run.state.best {
                let figures = String(format: "accuracy %.3f, loss %.3f", best.accuracy, best.loss)
                progress?.announce("the best evaluation (\(figures)) is that of \(directory)/checkpoint-\(best.step)")
            }
        } else {
            progress?.announce("interrupted at step \(run.state.step); go on with --resume")
            throw TrainingInterrupted(step: run.state.step)
        }
    }

    /// Whether this rank writes.
    private var writes: Bool { ranks.rank == 0 }

    /// Whether a signal has come to any of the ranks: all find the same, after the same step.
    private func isAnyInterrupted() throws -> Bool {
        var signals = [isInterrupted() ? 1.0 : 0]
        try ranks.sum(&signals)
        return signals[0] > 0
    }

    private mutating func takeStep() throws -> TrainingRun.StepFigures {
        do {
            let figures = try run.takeStep()
            try metrics?.append(step: run.state.step, figures)
            try events?.append(step: run.state.step, figures.scalars)
            return figures
        } catch let error as TrainingDiverged {
            try writeCheckpoint()
            throw error
        }
    }

    /// Writes the finished model, whole before it has its name.
    private func writeModel() throws {
        guard writes else { return }
        let (unfinished, finished) = ("\(directory)/model.unfinished", "\(directory)/model")
        let files = FileManager.default
        try? files.removeItem(atPath: unfinished)
        try finalModel().write(to: unfinished, besides: "\(directory)/\(TrainingCheckpoint.name(run.state.step))")
        if files.fileExists(atPath: finished) { try files.removeItem(atPath: finished) }
        try files.moveItem(atPath: unfinished, toPath: finished)
    }

    /// The model of the last step or, where that is wanted and there is one, of the best evaluation.
    private func finalModel() throws -> AnsweringModel {
        guard run.configuration.output.model == .best, let best = run.state.best, best.step != run.state.step else {
            return run.checkpoint.model
        }
        return try AnsweringModel(path: "\(directory)/\(TrainingCheckpoint.name(best.step))")
    }

    private mutating func writeCheckpoint() throws {
        try run.settle()
        guard writes else { return }
        try run.checkpoint.write(below: directory, retention: run.configuration.output.retention)
    }

    /// What the progress shows: the running mean of the loss, and the last evaluation's mean accuracy.
    private func figures(of stage: String) -> String {
        let loss = String(format: "%@ loss %.3f", stage, run.state.meanLoss ?? .nan)
        return loss + (accuracy.map { String(format: "  accuracy %.3f", $0) } ?? "")
    }

    /// Measures on held-out documents where it is due, before the first step of meta-training too, and moves along the
    /// curriculum; says what happened.
    private mutating func evaluateAndAdvance(after phase: TrainingState.Phase) throws -> String? {
        guard run.state.phase == .meta else { return nil }
        let measured = run.isEvaluationDue ? try evaluate() : nil
        let change = phase == .meta ? run.advanceStage(evaluation: measured?.evaluation) : nil
        let messages = [measured?.message, change].compactMap(\.self)
        return messages.isEmpty ? nil : messages.joined(separator: "\n")
    }

    /// Measures on held-out documents, and notes the figures.
    private mutating func evaluate() throws -> (evaluation: Evaluation, message: String) {
        let evaluation = try run.evaluate()
        try metrics?.append(step: run.state.step, EvaluationFigures(evaluation, stage: run.stage.name))
        try events?.append(step: run.state.step, evaluation.scalars)
        accuracy = evaluation.means(over: run.configuration.evaluation.setNames)?.accuracy
        let list = evaluation.sets.sorted { $0.value.tokens < $1.value.tokens }.map { name, figures in
            String(format: "%@ %.3f (loss %.3f)", name, figures.accuracy, figures.loss)
        }
        return (evaluation, "step \(run.state.step) \(run.stage.name): \(list.joined(separator: ", "))")
    }
}
