import ArgumentParser

/// The meta-training command.
@main
struct PerkMetaTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perk-meta-train",
        abstract: "Trains models that learn documents.",
        discussion: """
            EXAMPLES
              perk-meta-train train Fixtures/default-model/train.yaml
              perk-meta-train train train.yaml --resume
              perk-meta-train corpus --documents 1000 > corpus.txt
              perk-meta-train bench --arch small --segments 16 --tokens 64 --steps 4 --threads 2
            """,
        subcommands: [TrainCommand.self, CorpusCommand.self, BenchCommand.self])
}
