import ArgumentParser
import CommandSupport
import Foundation
import MetaTraining
import PERKModel
import StrictConfiguration

/// The meta-training command.
@main
struct PerkMetaTrain: RootCommand {
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
        version: programVersion,
        subcommands: [
            TrainCommand.self, ReportCommand.self, CalibrateCommand.self, ConfigCommand.self, CorpusCommand.self,
            BenchCommand.self, ExportStartCommand.self,
        ])

    static func main() { runProgram() }

    static func origin(of error: any Error) -> String? {
        if case .setting? = (error as? ConfigurationError)?.place { "--set" } else { nil }
    }

    static func advice(on error: any Error) -> String? {
        switch error {
        case StartExportError.unnamedBase, is BaseModelMissing: "--base"
        case StartExportError.outOfRange: "--bits 32"
        case CalibrationSourceError.rowsOfTraining: "--file"
        case CalibrationSourceError.tooFew: "--documents and --check"
        default: nil
        }
    }

    /// Writes what a person should know on standard error.
    @Sendable static func note(_ text: String) {
        FileHandle.standardError.write(Data("perk-meta-train: \(text)\n".utf8))
    }
}
