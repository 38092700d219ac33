import ArgumentParser
import Foundation
import MetaTraining
import PERKModel
import StrictConfiguration

/// The meta-training command.
@main
struct PerkMetaTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perk-meta-train",
        abstract: "Trains models that learn documents.",
        discussion: """
            EXAMPLES
              perk-meta-train train Fixtures/default-model/train.yaml
              perk-meta-train train train.yaml --set inner.steps=8 --set adapter.layers='top 8'
              perk-meta-train train train.yaml --resume
              perk-meta-train report runs/mine --output mine.html
              perk-meta-train calibrate runs/mine/model --config runs/mine/resolved.yaml
              perk-meta-train export-start runs/mine/model --output mine-start
              perk-meta-train config > train.yaml
              perk-meta-train corpus --documents 1000 > corpus.txt
              perk-meta-train bench --arch small --segments 16 --tokens 64 --steps 4 --threads 2

            EXIT STATUS
              0 on success, 1 on failure, 64 for wrong arguments, 130 after an interruption.
            """,
        subcommands: [
            TrainCommand.self, ReportCommand.self, CalibrateCommand.self, ConfigCommand.self, CorpusCommand.self,
            BenchCommand.self, ExportStartCommand.self,
        ])

    /// Parses the arguments, runs the command, and reports errors as `error: …` on standard error.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let status = exitCode(for: error)
            guard !status.isSuccess, !(error is ExitCode) else { exit(withError: error) }
            exit(withError: ExitCode(report(error)))
        }
    }

    /// Writes `error: …` on standard error.
    ///
    /// - Returns: the code to exit with.
    static func report(_ error: any Error) -> Int32 {
        let hint = option(for: error).map { " (\($0))" } ?? ""
        var message = fullMessage(for: error).trimmingPrefix("Error: ") + hint
        if case .setting? = (error as? ConfigurationError)?.place { message = "--set \(message)" }
        FileHandle.standardError.write(Data("error: \(message)\n".utf8))
        return exitCode(for: error).rawValue
    }

    /// The option that a library's error is about; libraries know of none.
    private static func option(for error: any Error) -> String? {
        switch error {
        case StartExportError.unnamedBase, is BaseModelMissing: "--base"
        case StartExportError.outOfRange: "--bits 32"
        default: nil
        }
    }

    /// Writes what a person should know on standard error.
    @Sendable static func note(_ text: String) {
        FileHandle.standardError.write(Data("perk-meta-train: \(text)\n".utf8))
    }
}
