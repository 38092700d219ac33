import ArgumentParser
import BenchmarkData
import Evaluation
import Foundation
import PERKModel

/// The options that decide what documents an evaluation reads.
struct EvaluationDocumentOptions: ParsableArguments {
    private static let tasks = GeneratedTask.allCases.map(\.rawValue)

    @Option(
        name: .customLong("task"),
        help: ArgumentHelp(
            "Generated documents: \(Self.tasks.joined(separator: ", ")); several with commas (default: facts).",
            valueName: "list"))
    var tasks: WordList?

    @Option(
        name: .customLong("file"),
        help: ArgumentHelp("A benchmark's file of documents with questions; repeatable.", valueName: "path"))
    var files: [String] = []

    @Option(
        help: ArgumentHelp("The format of the files (default: guessed by the first row).", valueName: "name"))
    var format: RowFormat?

    @Option(
        help: ArgumentHelp(
            "What a row of a file does that cannot be read or scored: stop the evaluation, or be reported and left out "
                + "(skip).", valueName: "what"))
    var badRows = BadRows.stop

    @Option(help: ArgumentHelp("Tokens of a generated document; several with commas.", valueName: "list"))
    var lengths: NumberList?

    @Option(
        help: ArgumentHelp(
            "Where the facts stand, from 0 to 1; several with commas (default: anywhere).", valueName: "list"))
    var depths: ShareList?

    @Option(
        help: ArgumentHelp(
            "How many events, keys or values a document states; several with commas (default: the task's own number).",
            valueName: "list"))
    var facts: NumberList?

    @Option(
        help: ArgumentHelp(
            "For facts, how many people a document speaks of; several with commas (default: 4,8,16,32, or what --lengths "
                + "take).", valueName: "list"))
    var people: NumberList?

    @Option(help: ArgumentHelp("Documents of each kind, at most.", valueName: "count"))
    var documents = 50

    @Option(help: ArgumentHelp("For facts, questions about each document.", valueName: "count"))
    var questions = 10

    @Option(
        help: ArgumentHelp("For facts, sentences that no question asks about, in each document.", valueName: "count"))
    var distractors = 4

    @Option(
        help: ArgumentHelp(
            "How many names and values facts, stories and student records have: "
                + "\(WorldSize.allCases.map(\.rawValue).joined(separator: ", ")). Facts of the wide world are told in "
                + "all its forms.", valueName: "size"))
    var world = WorldSize.small

    @Option(
        help: ArgumentHelp("The share of questions that the document does not answer.", valueName: "share"))
    var unanswerable = 0.0

    @Option(
        help: ArgumentHelp("What needles hide.", valueName: "kind"))
    var needleValues = NeedleValues.numbers

    @Option(help: ArgumentHelp("A text whose sentences hide the facts, instead of made-up ones.", valueName: "file"))
    var background: String?

    @Option(help: ArgumentHelp("The seed of the documents; training draws from other streams.", valueName: "number"))
    var seed: UInt64 = 1

    func validate() throws {
        let counts = [
            ("--documents", documents, 1...100_000), ("--questions", questions, 1...10_000),
            ("--distractors", distractors, 0...10_000),
        ]
        for (name, value, range) in counts where !range.contains(value) {
            throw ValidationError("\(name) is \(value): give a number from \(range.lowerBound) to \(range.upperBound).")
        }
        guard (0...1).contains(unanswerable) else {
            throw ValidationError("--unanswerable is \(unanswerable): give a share from 0 to 1.")
        }
        for task in tasks?.words ?? [] where !Self.tasks.contains(task) {
            throw ValidationError("--task names \(task): known are \(Self.tasks.joined(separator: ", ")).")
        }
        guard people == nil || taskNames.contains("facts") else {
            throw ValidationError("--people is for the task facts: name it with --task, or leave --people out.")
        }
    }

    /// Facts where nothing is asked for.
    private var taskNames: [String] { tasks?.words ?? (files.isEmpty ? ["facts"] : []) }

    /// What is measured, in the order of the options.
    func selection() throws -> EvaluationSelection {
        var selection = EvaluationSelection()
        (selection.tasks, selection.files) = (taskNames.compactMap(GeneratedTask.init), files)
        (selection.format, selection.documents, selection.seed) = (format, documents, seed)
        selection.badRows = badRows
        (selection.lengths, selection.depths) = (lengths?.numbers, depths?.shares)
        (selection.facts, selection.people) = (facts?.numbers, people?.numbers)
        (selection.questions, selection.distractors) = (questions, distractors)
        (selection.world, selection.unanswerable) = (world, unanswerable)
        (selection.needleValues, selection.background) = (needleValues, try backgroundSentences())
        return selection
    }

    private func backgroundSentences() throws -> [String]? {
        guard let background else { return nil }
        do {
            return TextFormat().parts(of: try String(contentsOfFile: background, encoding: .utf8))
        } catch {
            throw ValidationError("--background \(background) cannot be read as UTF-8: \(error.localizedDescription)")
        }
    }
}

extension BadRows: ExpressibleByArgument {}
extension RowFormat: ExpressibleByArgument {}
extension NeedleValues: ExpressibleByArgument {}
extension WorldSize: ExpressibleByArgument {}
