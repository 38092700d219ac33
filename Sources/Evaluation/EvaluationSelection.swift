import BenchmarkData
import Foundation
import PERKModel

/// Which documents an evaluation measures: generated ones of some tasks, in every combination of the settings that have
/// several values, and those of files.
public struct EvaluationSelection: Sendable {
    public var tasks: [GeneratedTask] = []
    public var files: [String] = []
    /// The format of the files; guessed by the first row of each unless given.
    public var format: RowFormat?
    /// What is done about rows of the files that cannot be read or scored.
    public var badRows = BadRows.stop
    /// Documents of each kind, at most.
    public var documents = 50
    /// Tokens of a generated document; 1,024 unless given, but for facts, which then go by people.
    public var lengths: [Int]?
    /// Where the facts stand, from 0 to 1; anywhere unless given.
    public var depths: [Double]?
    /// How much a document states; the task's own number unless given.
    public var facts: [Int]?
    /// How many people documents of facts speak of; unless given, 4, 8, 16 and 32, or as many as the lengths take.
    public var people: [Int]?
    /// Questions about each document of facts, and the sentences in it that no question asks about.
    public var questions = 10, distractors = 4
    public var world = WorldSize.small
    public var unanswerable = 0.0
    public var needleValues = NeedleValues.numbers
    /// The sentences that hide facts; made-up ones unless given.
    public var background: [String]?
    public var seed: UInt64 = 1

    public init() {}

    /// The cells: tasks in their order, then files.
    ///
    /// - Throws: `RowError` that names a file; `TokenizationError`.
    public func cells(for model: AnsweringModel) throws -> [EvaluationCell] {
        let generated = try tasks.flatMap { task -> [any DocumentSource] in
            task == .facts ? try factsSources(for: model) : sources(of: task, for: model)
        }
        let read = try zip(files, SourceLabel.names(ofFiles: files)).map { path, name in
            try FileSource(path: path, format: format, name: name, badRows: badRows)
        }
        return (generated + read).map { EvaluationCell($0, documents: documents) }
    }

    private func factsSources(for model: AnsweringModel) throws -> [any DocumentSource] {
        var settings = world == .wide ? FactsSettings.everyForm : FactsSettings()
        if world == .small {
            (settings.attributesInUse, settings.statementPhrasings, settings.questionPhrasings) = (6, 64, 64)
        }
        (settings.unanswerable, settings.questionsPerDocument) = (unanswerable, questions)
        (settings.minimumDistractors, settings.maximumDistractors) = (distractors, distractors)
        if let lengths, people == nil {
            return try lengths.map { length in
                try FactsSource(length: length, settings: settings, seed: seed, split: .evaluation) { text in
                    try model.format.segments(of: text, tokenizer: model.tokenizer).tokenCount
                }
            }
        }
        return (people ?? [4, 8, 16, 32]).map {
            FactsSource(people: $0, settings: settings, seed: seed, split: .evaluation)
        }
    }

    private func sources(of task: GeneratedTask, for model: AnsweringModel) -> [any DocumentSource] {
        var settings = GeneratorSettings(tokenizer: model.tokenizer)
        (settings.seed, settings.split, settings.background) = (seed, .evaluation, background)
        (settings.needleValues, settings.world, settings.unanswerable) = (needleValues, world, unanswerable)
        var sources: [any DocumentSource] = []
        for length in lengths ?? [1024] {
            for depth in depths?.map(Optional.some) ?? [nil] {
                for count in facts?.map(Optional.some) ?? [nil] {
                    (settings.length, settings.depth, settings.facts) = (length, depth, count)
                    sources.append(TaskSource(task, settings: settings))
                }
            }
        }
        return sources
    }
}
