import ArgumentParser
import BenchmarkData
import Foundation

/// Prints text to train a vocabulary on.
struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Prints generated sentences, questions and answers, one a line, to train a vocabulary on.")

    @Option(help: ArgumentHelp("How many documents to draw.", valueName: "count"))
    var documents = 300

    @Option(help: ArgumentHelp("The seed of the documents.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "The world of the documents: small, every word of which stands often enough to become one piece, or wide.",
            valueName: "size"))
    var world = WorldSize.small

    func validate() throws {
        guard (1...1_000_000).contains(documents) else {
            throw ValidationError("--documents is \(documents): give a number from 1 to 1000000.")
        }
    }

    func run() throws {
        let lines =
            try world == .wide
            ? FactsCorpus.wideLines(documents: documents, seed: seed)
            : FactsCorpus.lines(documents: documents, seed: seed)
        for line in lines {
            try FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
        }
    }
}

extension WorldSize: ExpressibleByArgument {}
