import ArgumentParser
import Foundation
import LongContextBenchmarks

/// Prints text to train a vocabulary on.
struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Prints generated sentences, questions and answers, one a line, to train a vocabulary on.")

    @Option(help: ArgumentHelp("How many documents to draw.", valueName: "count"))
    var documents = 300

    @Option(help: ArgumentHelp("The seed of the documents.", valueName: "number"))
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...1_000_000).contains(documents) else {
            throw ValidationError("--documents is \(documents): give a number from 1 to 1000000.")
        }
    }

    func run() throws {
        for line in try FactsCorpus.lines(documents: documents, seed: seed) {
            try FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
        }
    }
}
