import ArgumentParser
import BenchmarkData
import Foundation

/// Prints text to train a vocabulary on.
struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Prints generated sentences, questions and answers, one a line, to train a vocabulary on.",
        discussion: """
            Several tasks make one vocabulary: print each with --task, and train it on all.

              perk-meta-train corpus --world wide --documents 10000 > corpus.txt
              perk-meta-train corpus --task qa1 --documents 2000 >> corpus.txt
            """)

    @Option(
        help: ArgumentHelp(
            "A task of documents that take the place of facts: \(Self.tasks.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"))
    var task: GeneratedTask?

    /// `facts` is what is printed without a task, `cloze` has texts of one's own.
    private static let tasks = GeneratedTask.allCases.filter { $0 != .facts && $0 != .cloze }

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
        guard task.map(Self.tasks.contains) ?? true else {
            throw ValidationError("--task \(task?.rawValue ?? "") has no words of its own: leave it out.")
        }
        guard (1...1_000_000).contains(documents) else {
            throw ValidationError("--documents is \(documents): give a number from 1 to 1000000.")
        }
    }

    func run() throws {
        let lines =
            if let task {
                AnySequence(try FactsCorpus.lines(of: task, documents: documents, seed: seed, world: world))
            } else if world == .wide {
                try FactsCorpus.wideLines(documents: documents, seed: seed)
            } else {
                try FactsCorpus.lines(documents: documents, seed: seed)
            }
        for line in lines {
            try FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
        }
    }
}

extension WorldSize: ExpressibleByArgument {}
extension GeneratedTask: ExpressibleByArgument {}
