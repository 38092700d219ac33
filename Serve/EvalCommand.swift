import ArgumentParser
import Foundation
import LongContextBenchmarks
import QuestionAnswering

/// `perk-serve eval`: measures answers on generated documents.
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure answers on documents that training never saw.",
        discussion: """
            For each size it learns the documents and asks their questions, and asks the same base model with the \
            document in its prompt and without it. Exact match ignores case, punctuation and articles.

            EXAMPLES:
              perk-serve eval --task facts --people 4,8,16,32 --documents 50
              perk-serve eval --people 8 --documents 20 --json
            """)

    enum Task: String, CaseIterable, ExpressibleByArgument { case facts }

    @Option(help: "The task: facts about people, one to a sentence, four to a person.")
    var task = Task.facts

    @Option(help: ArgumentHelp("How many people a document speaks of; several sizes with commas.", valueName: "list"))
    var people = NumberList(numbers: [4, 8, 16, 32])

    @Option(help: ArgumentHelp("Documents of each size.", valueName: "count"))
    var documents = 50

    @Option(help: ArgumentHelp("Questions about each document.", valueName: "count"))
    var questions = 10

    @Option(help: ArgumentHelp("Sentences that no question asks about, in each document.", valueName: "count"))
    var distractors = 4

    @Option(help: ArgumentHelp("The seed of the documents; training draws from other streams.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(help: "Print each row as a line of JSON.")
    var json = false

    @OptionGroup var options: ServiceOptions

    func validate() throws {
        let counts = [
            ("--documents", documents, 1...100_000), ("--questions", questions, 1...10_000),
            ("--distractors", distractors, 0...10_000),
        ]
        for (name, value, range) in counts where !range.contains(value) {
            throw ValidationError("\(name) is \(value): give a number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    func run() throws {
        let model = try options.answeringModel()
        var settings = FactsSettings()
        settings.attributesInUse = 6
        settings.statementPhrasings = 64
        settings.questionPhrasings = 64
        settings.questionsPerDocument = questions
        (settings.minimumDistractors, settings.maximumDistractors) = (distractors, distractors)
        let evaluation = FactsEvaluation(
            model: model, settings: settings, documents: documents, seed: seed, threads: options.threads)
        if !json { print(Self.heading) }
        for count in people.numbers {
            let rows = try evaluation.rows(people: count) { done in
                if isatty(STDERR_FILENO) == 1 {
                    FileHandle.standardError.write(Data("\r\(count) people: \(done)/\(documents)\u{1B}[K".utf8))
                }
            }
            if isatty(STDERR_FILENO) == 1 { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
            for row in rows { try print(json ? Self.line(row) : Self.text(row)) }
        }
    }

    private static let heading =
        "people  method       exact match  95 % interval   tokens  s to learn  ms to answer"

    private static func text(_ row: FactsEvaluation.Row) -> String {
        let method = row.method.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0)
        return String(format: "%6d  ", row.people) + method
            + String(
                format: "  %11.3f  %.3f to %.3f  %6.0f  %10.3f  %12.2f", row.exactMatch, row.lower, row.upper,
                row.documentTokens, row.encodeSeconds, row.answerSeconds * 1000)
    }

    private static func line(_ row: FactsEvaluation.Row) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(row), as: UTF8.self)
    }
}

/// Positive numbers separated by commas.
struct NumberList: ExpressibleByArgument {
    let numbers: [Int]

    init(numbers: [Int]) { self.numbers = numbers }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let valid = parts.compactMap { $0 }.filter { 1...10_000 ~= $0 }
        guard valid.count == parts.count else { return nil }
        numbers = valid
    }

    var defaultValueDescription: String { numbers.map(String.init).joined(separator: ",") }
}
