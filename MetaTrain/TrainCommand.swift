import ArgumentParser
import DataParallel
import MetaTraining

/// An interruption ends every rank after the same step.
extension ExitCode: SharedFailure {}

/// Trains a model as a configuration says.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Base training, then meta-training, as CONFIG.yaml says.",
        discussion: """
            Checkpoints are written at intervals and when the run is interrupted (Ctrl-C; twice to abort at once).
            With --resume the run goes on from the last one to the same numbers as if it had not stopped. What the model is
            made of (model, adapter, weighter, inner) then comes from the checkpoint; the curriculum, the rates and the
            evaluation come from CONFIG.yaml and may be changed, in the file or with --set.
            Relative paths in CONFIG.yaml and in --set start from the folder of CONFIG.yaml.
            The finished model lies in the output directory under model/, ready for perk-serve --model. So is each
            checkpoint: the file latest names the newest, best the one of the best mean accuracy over evaluation.people
            in the newest stage that has one.
            Built with MPI (swift build --traits MPI), mpirun -n 4 perk-meta-train train … shares each step's work out among
            four processes, on one machine or on several that have the output directory in common.
            """)

    @Argument(help: ArgumentHelp("The configuration.", valueName: "CONFIG.yaml"), completion: .file())
    var configurationPath: String

    @OptionGroup var setting: SettingOption

    @Flag(help: "Go on from the last checkpoint in the output directory.")
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
        do {
            var session = try TrainingSession(configuration, resuming: resume, ranks: ranks)
            let interrupt = InterruptFlag()
            session.isInterrupted = { interrupt.isRaised }
            try session.train()
        } catch is TrainingInterrupted {
            throw ExitCode(130)
        } catch let error as RunDirectoryError {
            throw ValidationError("\(error): \(advice(about: error)).")
        }
    }

    private func advice(about error: RunDirectoryError) -> String {
        switch error {
        case .nothingToResume: "leave out --resume to begin"
        case .holdsRun: "give --resume to go on with it, or another --output"
        case .notShared: "give an --output that all machines have in common"
        }
    }
}
