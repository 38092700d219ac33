import BenchmarkData
import StrictConfiguration
import Tokenization

/// An element of `evaluation.files`: documents that no part of a mixture should hold.
struct EvaluationFile: ConfigurationSection {
    var path: String?
    var format: RowFormat?
    var documents = 16

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readPath("path", into: &path, "A file of rows")
        try reader.read("format", into: &format, "The format of its rows; null to have it guessed by the first one")
        try reader.read("documents", into: &documents, in: 1...65_536, "The first so many of its rows are measured")
    }

    func validate(_ reader: SectionReader) throws {
        guard path != nil else { throw reader.refusal("path", "give the path of a file of rows") }
    }
}

/// An element of `evaluation.tasks`: generated documents of a benchmark's task, of words that training does not see.
struct EvaluationTask: ConfigurationSection {
    var task: GeneratedTask?
    var length = 256
    var facts: Int?
    var world = WorldSize.small
    var unanswerable = 0.0
    var texts: String?
    var documents = 16

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("task", into: &task, "The benchmark's task")
        try reader.read("length", into: &length, in: 1...4_194_304, "The tokens of a document")
        try reader.read(
            "facts", into: &facts, in: 1...10_000,
            "How many events, keys or values a document states; null for the task's own number")
        try reader.read(
            "world", into: &world,
            "The world of people's names, and of all that facts are about; documents of facts in the wide world have "
                + "all its forms")
        try reader.read(
            "unanswerable", into: &unanswerable, in: 0...1, "The share of questions that the document does not answer")
        try reader.readPath(
            "texts", into: &texts,
            "For the task cloze: a text file, or a folder of .txt files; the last tenth of its sentences is measured")
        try reader.read("documents", into: &documents, in: 1...65_536, "The number of documents")
    }

    func validate(_ reader: SectionReader) throws {
        guard let task else { throw reader.refusal("task", "name the task whose documents are measured") }
        try reader.requireTexts(texts, for: task)
        try reader.require(task, world: world, unanswerable: unanswerable, facts: facts, split: .evaluation)
    }

    /// What its set is called: the task, its world, and the length.
    var label: SourceLabel {
        SourceLabel(
            series: task?.name(world: world, unanswerable: unanswerable) ?? "", length: length, facts: facts)
    }

    /// Its documents, the same in every run.
    ///
    /// - Parameter texts: the sentences of the texts that the configuration names, by their paths.
    func source(tokenizer: any Tokenizer, texts: [String: [String]]) -> TaskSource {
        guard let task else { preconditionFailure("a task was validated without its name") }
        var settings = GeneratorSettings(tokenizer: tokenizer)
        (settings.length, settings.facts) = (length, facts)
        (settings.world, settings.unanswerable) = (world, unanswerable)
        settings.takeClozes(from: self.texts.flatMap { texts[$0] })
        (settings.split, settings.seed) = (.evaluation, 1)
        return TaskSource(task, settings: settings, label: label)
    }
}

extension RowFormat: ConfigurationChoice {}
