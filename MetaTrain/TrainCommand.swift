import ArgumentParser
import DataParallel
import Foundation
import MetaTraining
import ProgressReports

/// Trains a model as a configuration says.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Base training, then meta-training, as CONFIG.yaml says.",
        discussion: """
            Checkpoints are written at intervals and when the run is interrupted (Ctrl-C; twice to abort at once).
            With --resume the run continues from the last one, to the same numbers as if it had not stopped. What the model
            was made by when the run began (model, tokenizer, adapter, weighter, text, and inner but for steps and
            learnRates) stays in force; what CONFIG.yaml says instead is reported. The curriculum, the rates and the
            evaluation come from CONFIG.yaml and may be changed, in the file or with --set. A finished run trains on where
            it is given further stages, more steps for a last stage that was out of them, or more maximumSeconds.
            Relative paths in CONFIG.yaml and in --set start from the folder of CONFIG.yaml.
            The finished model lies in the output directory under model/, ready for perk-serve --model. So is each
            checkpoint: the file latest names the newest, best the one of the best evaluation in the newest stage that has
            one: of the greatest mean accuracy over all sets of documents in evaluation (people, tasks and files), or of
            the least mean loss, as evaluation.metric says.
            Built with MPI (swift build --traits MPI), mpirun -n 4 perk-meta-train train … shares each step's work out among
            four processes, on one machine or on several that have the output directory in common.
            """)

    @Argument(help: ArgumentHelp("The configuration.", valueName: "CONFIG.yaml"), completion: .file())
    var configurationPath: String

    @OptionGroup var setting: SettingOption

    @Flag(help: "Resume from the last checkpoint in the output directory.")
    var resume = false

    @Option(help: ArgumentHelp("The number of threads, instead of the configuration's.", valueName: "count"))
    var threads: Int?

    @Option(help: ArgumentHelp("The output directory, instead of the configuration's.", valueName: "path"))
    var output: String?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads): give a number from 1 to 1024.")
        }
    }

    func run() throws {
        var configuration = try TrainingConfiguration(path: configurationPath, settings: setting.settings)
        if let threads { configuration.threads = threads }
        if let output { configuration.output.directory = output }
        try onLaunchedRanks(reporting: PerkMetaTrain.report) { ranks in
            do {
                try train(configuration, ranks)
            } catch let failure as any SharedFailure where !(failure is ExitCode) {
                // The first rank tells, before any of them leaves: mpirun ends the others then.
                let code =
                    ranks.rank == 0 ? PerkMetaTrain.report(failure) : PerkMetaTrain.exitCode(for: failure).rawValue
                throw ExitCode(code)
            }
        }
    }

    private func train(_ configuration: TrainingConfiguration, _ ranks: any Communicator) throws {
        var session: TrainingSession
        do {
            session = try TrainingSession(
                configuration, resuming: resume, ranks: ranks, report: PerkMetaTrain.note)
        } catch let error as RunDirectoryError {
            guard let advice = advice(about: error) else { throw error }
            throw ValidationError("\(error): \(advice).")
        }
        let interrupt = InterruptFlag()
        session.isInterrupted = { interrupt.isRaised }
        var progress = ranks.rank == 0 ? TrainingProgress(of: session.run) : nil
        while let event = try session.next() {
            progress?.show(event, of: session.run)
            if case .interrupted = event { throw ExitCode(130) }
        }
    }

    private func advice(about error: RunDirectoryError) -> String? {
        switch error {
        case .nothingToResume: "leave out --resume to begin"
        case .holdsRun: "give --resume to resume it, or another --output"
        case .isLocked: nil
        case .notShared: "give an --output that all machines have in common"
        }
    }
}

/// An interruption ends every rank after the same step.
extension ExitCode: SharedFailure {}

/// What a person sees of a run.
private struct TrainingProgress {
    private let directory: String
    private var report: ProgressReport
    /// The mean accuracy of the last evaluation.
    private var accuracy: Double?

    init(of run: TrainingRun) {
        directory = run.configuration.output.directory
        report = .onStandardError(
            title: "train", total: run.configuration.maximumSteps, resumedFrom: run.state.step)
    }

    mutating func show(_ event: TrainingEvent, of run: TrainingRun) {
        switch event {
        case .step(let figures):
            let loss = String(format: "%@ loss %.3f", figures.stage ?? "base", run.state.meanLoss ?? .nan)
            report.update(
                completed: run.state.step, tokens: figures.tokens,
                figures: loss + (accuracy.map { String(format: "  accuracy %.3f", $0) } ?? ""))
        case .evaluation(let evaluation):
            accuracy = run.meanAccuracy(of: evaluation)
            report.announce("step \(run.state.step) \(run.stageName): \(evaluation)")
        case .stageEnded(let end):
            report.announce("\(end)")
        case .checkpoint: break
        case .finished:
            report.finish()
            report.announce("the model is in \(directory)/model")
            if let best = run.state.best {
                let loss = best.loss.map { String(format: ", loss %.3f", $0) } ?? ""
                report.announce(
                    String(format: "the best evaluation (accuracy %.3f", best.accuracy)
                        + "\(loss)) is that of \(directory)/checkpoint-\(best.step)")
            }
        case .interrupted:
            report.finish()
            report.announce("interrupted at step \(run.state.step); continue with --resume")
        }
    }
}
