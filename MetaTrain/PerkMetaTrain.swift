import ArgumentParser
import CommandSupport

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
              perk-meta-train config > train.yaml
              perk-meta-train corpus --documents 1000 > corpus.txt
              perk-meta-train bench --arch small --segments 16 --tokens 64 --steps 4 --threads 2

            EXIT STATUS
              0 on success, 1 on failure, 64 for wrong arguments, 130 after an interruption.
            """,
        version: programVersion,
        subcommands: [
            TrainCommand.self, ReportCommand.self, CalibrateCommand.self, ConfigCommand.self, CorpusCommand.self,
            BenchCommand.self,
        ])

    static func main() { runProgram() }
}
