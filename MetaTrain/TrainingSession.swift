import ArgumentParser
import Foundation
import ModelFiles

/// A training run as a person sees it: progress, metrics, checkpoints, interruption.
struct TrainingSession {
    private var run: TrainingRun
    private let directory: String
    private let metrics: MetricsLog
    private let events: EventFile?
    private let interrupt = InterruptFlag()

    init(run: TrainingRun, directory: String, resumed: Bool) throws {
        self.run = run
        self.directory = directory
        let path = "\(directory)/\(run.configuration.output.metricsFile)"
        metrics = try MetricsLog(path: path, resumingAfter: resumed ? run.state.step : nil)
        events =
            run.configuration.output.tensorBoard
            ? try EventFile(folder: "\(directory)/tensorboard", firstStep: run.state.step + 1) : nil
        try replaceFile(at: "\(directory)/resolved.yaml", with: [Data(run.configuration.resolvedYAML().utf8)])
    }

    private struct EvaluationFigures: Encodable {
        let stage: String
        let accuracy: [String: Double]
    }

    /// Trains to the end, or until interrupted; a checkpoint is written either way.
    ///
    /// - Throws: `ExitCode(130)` after an interruption.
    consuming func train() throws {
        let configuration = run.configuration
        let total =
            configuration.base.steps + configuration.curriculum.reduce(0) { $0 + $1.maximumSteps }
        var progress = ProgressReport.onStandardError(title: "train", total: total, resumedFrom: run.state.step)
        while run.state.phase != .finished && !interrupt.isRaised {
            let figures = try takeStep()
            progress.update(
                completed: run.state.step,
                figures: String(format: "%@ loss %.3f", figures.stage ?? "base", run.state.meanLoss ?? .nan))
            if figures.phase == .meta, let message = try evaluateAndAdvance() { progress.announce(message) }
            let isBest = run.state.best?.step == run.state.step
            if isBest || run.state.step.isMultiple(of: configuration.output.checkpointInterval) {
                try writeCheckpoint()
            }
        }
        try writeCheckpoint()
        progress.finish()
        if run.state.phase == .finished {
            try writeModel()
            progress.announce("the model is in \(directory)/model")
            if let best = run.state.best {
                let accuracy = String(format: "%.3f", best.accuracy)
                progress.announce("the best, of mean accuracy \(accuracy), is in \(directory)/checkpoint-\(best.step)")
            }
        } else {
            progress.announce("interrupted at step \(run.state.step); go on with --resume")
            throw ExitCode(130)
        }
    }

    private mutating func takeStep() throws -> TrainingRun.StepFigures {
        do {
            let figures = try run.takeStep()
            try metrics.append(step: run.state.step, figures)
            try events?.append(step: run.state.step, figures.scalars)
            return figures
        } catch let error as TrainingDiverged {
            try writeCheckpoint()
            throw error
        }
    }

    /// Writes the finished model, whole before it has its name.
    private func writeModel() throws {
        let (unfinished, finished) = ("\(directory)/model.unfinished", "\(directory)/model")
        let files = FileManager.default
        try? files.removeItem(atPath: unfinished)
        try run.checkpoint.model.write(
            to: unfinished, besides: "\(directory)/\(TrainingCheckpoint.name(run.state.step))")
        if files.fileExists(atPath: finished) { try files.removeItem(atPath: finished) }
        try files.moveItem(atPath: unfinished, toPath: finished)
    }

    private func writeCheckpoint() throws {
        try run.checkpoint.write(below: directory, retention: run.configuration.output.retention)
    }

    /// Measures accuracy where it is due and moves along the curriculum; says what happened.
    private mutating func evaluateAndAdvance() throws -> String? {
        let due = run.state.phaseStep.isMultiple(of: run.configuration.evaluation.interval)
        let accuracy = due ? try run.evaluate() : nil
        let stage = run.stage.name
        if let accuracy {
            let named = Dictionary(uniqueKeysWithValues: accuracy.map { (String($0), $1) })
            try metrics.append(step: run.state.step, EvaluationFigures(stage: stage, accuracy: named))
            try events?.append(step: run.state.step, TensorBoardScalar.scalars(accuracy: accuracy))
        }
        let change = run.advanceStage(accuracy: accuracy)
        let measured = accuracy.map { accuracy in
            let list = accuracy.sorted { $0.key < $1.key }.map { String(format: "%d people %.3f", $0.key, $0.value) }
            return "step \(run.state.step) \(stage): \(list.joined(separator: ", "))"
        }
        let messages = [measured, change].compactMap(\.self)
        return messages.isEmpty ? nil : messages.joined(separator: "\n")
    }
}
