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
    ///
    /// - Throws: an error that names the file, or the setting that a task cannot meet.
    func cells(for model: AnsweringModel) throws -> [EvaluationCell] {
        let generated = try taskNames.flatMap { name in
            guard let task = GeneratedTask(rawValue: name), task != .facts else { return try factsCells(model) }
            return try generatedCells(task, model)
        }
        let read = try files.map { path in
            let file = try RowFile(path: path, format: format)
            return EvaluationCell(
                task: URL(fileURLWithPath: path).lastPathComponent, documents: min(documents, file.count),
                source: .file(file))
        }
        return generated + read
    }

    private func factsCells(_ model: AnsweringModel) throws -> [EvaluationCell] {
        var settings = world == .wide ? FactsSettings.everyForm : FactsSettings()
        if world == .small {
            (settings.attributesInUse, settings.statementPhrasings, settings.questionPhrasings) = (6, 64, 64)
        }
        settings.unanswerable = unanswerable
        settings.questionsPerDocument = questions
        (settings.minimumDistractors, settings.maximumDistractors) = (distractors, distractors)
        if let lengths, people == nil {
            return try lengths.numbers.map { length in
                try .facts(length: length, settings: settings, documents: documents, seed: seed) { text in
                    try model.format.segments(of: text, tokenizer: model.tokenizer).tokenCount
                }
            }
        }
        return (people ?? NumberList(numbers: [4, 8, 16, 32])).numbers.map {
            .facts(people: $0, settings: settings, documents: documents, seed: seed)
        }
    }

    private func generatedCells(_ task: GeneratedTask, _ model: AnsweringModel) throws -> [EvaluationCell] {
        var settings = GeneratorSettings(tokenizer: model.tokenizer)
        (settings.seed, settings.split, settings.background) = (seed, .evaluation, try backgroundSentences())
        (settings.needleValues, settings.world, settings.unanswerable) = (needleValues, world, unanswerable)
        var cells: [EvaluationCell] = []
        for length in (lengths ?? NumberList(numbers: [1024])).numbers {
            for depth in depths?.shares.map(Optional.some) ?? [nil] {
                for count in facts?.numbers.map(Optional.some) ?? [nil] {
                    (settings.length, settings.depth, settings.facts) = (length, depth, count)
                    // Refuses settings that cannot be met before anything is measured.
                    _ = try task.generator(settings: settings)
                    cells.append(
                        EvaluationCell(
                            task: task.name(world: world, unanswerable: unanswerable), length: length, depth: depth,
                            facts: count, documents: documents,
                            source: .generated(task, settings)))
                }
            }
        }
        return cells
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

extension RowFormat: ExpressibleByArgument {}
extension NeedleValues: ExpressibleByArgument {}
extension WorldSize: ExpressibleByArgument {}
