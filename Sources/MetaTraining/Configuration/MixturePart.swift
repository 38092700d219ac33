import BenchmarkData
import StrictConfiguration
import Tokenization

/// An element of `mixture`: documents of one origin, and how many of all come from there.
struct MixturePart: ConfigurationSection {
    var weight = 1.0
    var path: String?
    var format: RowFormat?
    var badRows = BadRows.stop
    var task: GeneratedTask?
    var length = 256
    var grownLength: Int?
    var growthSteps = 1000
    var facts: Int?
    var questions = 1
    var world = WorldSize.small
    var unanswerable = 0.0
    var texts: String?
    var clozes = 0

    /// The questions about a document of the task `cloze`, unless others are asked for.
    static let defaultClozes = 6

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "weight", into: &weight, in: 1e-6...1e6,
            "How many tasks come from here, in proportion to the weights of the other parts")
        try reader.readPath("path", into: &path, "A file of rows, as JSON Lines or otherwise")
        try reader.read("format", into: &format, "The format of its rows; null to have it guessed by the first one")
        try reader.read(
            "badRows", into: &badRows, "What a row does that cannot be used: end the run, or be reported and left out")
        try reader.read(
            "task", into: &task,
            "A benchmark's task whose documents are generated; without a path or a task, the stage's documents are taken"
        )
        try reader.read("length", into: &length, in: 1...4_194_304, "The tokens of a generated document of the task")
        try reader.read(
            "grownLength", into: &grownLength, in: 1...4_194_304,
            "What length becomes within the stage, in even steps; null for no change")
        try reader.read(
            "growthSteps", into: &growthSteps, in: 1...10_000_000,
            "The number of meta-steps, from the beginning of the stage, after which length is grown")
        try reader.read(
            "facts", into: &facts, in: 1...10_000,
            "How many events, keys or values a document of the task states; null for the task's own number")
        try reader.read(
            "questions", into: &questions, in: 1...1000,
            "The questions about a document of the task, where it can ask more than one; a story has no more than its "
                + "people or objects")
        try reader.read(
            "world", into: &world,
            "The world of people's names in documents of the task, and of all that facts are about; documents of facts "
                + "in the wide world have all its forms")
        try reader.read(
            "unanswerable", into: &unanswerable, in: 0...1,
            "The share of the task's questions that the document does not answer; the answer is unknown")
        try reader.readPath(
            "texts", into: &texts,
            "For the task cloze: a text file, or a folder of .txt files, that documents come from")
        try reader.read(
            "clozes", into: &clozes, in: 0...1000,
            "Gaps in a document's own sentences as questions: of a file's row beside its own, drawn anew each time; of the "
                + "task cloze all, where 0 stands for \(Self.defaultClozes)")
    }

    func validate(_ reader: SectionReader) throws {
        guard path != nil || format == nil else {
            throw reader.refusal("format", "generated documents have none; give a path or remove this key")
        }
        guard path == nil || task == nil else {
            throw reader.refusal("task", "documents come from a file or are generated; remove this key or path")
        }
        guard clozes == 0 || path != nil || task == .cloze else {
            throw reader.refusal("clozes", "these are for files of rows and the task cloze; remove this key")
        }
        guard questions == 1 || task != .cloze else {
            throw reader.refusal("questions", "the task cloze has gaps; say with clozes how many")
        }
        try reader.requireTexts(texts, for: task)
        guard let task else {
            let used = [("world", world != .small), ("unanswerable", unanswerable > 0), ("questions", questions > 1)]
            for (key, isUsed) in used where isUsed {
                throw reader.refusal(
                    key, "this is for a task's documents; name a task, or give the key to the stage's documents")
            }
            return
        }
        try reader.require(
            task, world: world, unanswerable: unanswerable, facts: facts, questions: questions, split: .training)
    }

    /// The tokens of a generated document after so many steps in the stage.
    func length(afterSteps step: Int) -> Int {
        let share = min(1, Double(step) / Double(growthSteps))
        return length + Int((share * Double((grownLength ?? length) - length)).rounded())
    }

    /// The generated documents of the part after so many steps in its stage: the task's, or else the stage's own.
    ///
    /// - Parameter texts: the sentences of the texts that the configuration names, by their paths.
    func source(
        in stage: CurriculumStage, afterSteps step: Int, split: DataSplit, tokenizer: any Tokenizer,
        texts: [String: [String]], seed: UInt64
    ) -> any DocumentSource {
        guard let task else { return FactsSource(stage.documents(afterSteps: step), seed: seed, split: split) }
        var settings = GeneratorSettings(tokenizer: tokenizer)
        (settings.length, settings.facts, settings.split) = (length(afterSteps: step), facts, split)
        (settings.world, settings.unanswerable, settings.seed) = (world, unanswerable, seed)
        settings.questions = questions
        settings.takeClozes(from: self.texts.flatMap { texts[$0] }, questions: clozes)
        return TaskSource(task, settings: settings)
    }
}

extension SectionReader {
    /// Checks that the task `cloze`, and no other, has its texts.
    func requireTexts(_ texts: String?, for task: GeneratedTask?) throws {
        if task == .cloze, texts == nil {
            throw refusal("texts", "the task cloze makes gaps in your own texts; give a text file or a folder of them")
        }
        if task != .cloze, texts != nil {
            throw refusal("texts", "these are for the task cloze; set task: cloze or remove this key")
        }
    }

    /// Checks that documents of a task can be generated as a section of its own keys says.
    func require(
        _ task: GeneratedTask, world: WorldSize, unanswerable: Double, facts: Int?, questions: Int = 1, split: DataSplit
    ) throws {
        var settings = GeneratorSettings { _ in 1 }
        (settings.world, settings.unanswerable, settings.facts, settings.split) = (world, unanswerable, facts, split)
        settings.questions = questions
        // Those of the task cloze are read when the run begins.
        settings.background = task == .cloze ? ["", ""] : nil
        do {
            _ = try task.generator(settings: settings)
        } catch {
            let isKey = ["world", "unanswerable", "facts", "questions"].contains(error.setting)
            throw refusal(isKey ? error.setting : "task", error.problem)
        }
    }
}

extension GeneratorSettings {
    /// Sets what the task `cloze` is made of; nothing for other tasks, which have no sentences of their own.
    mutating func takeClozes(from sentences: [String]?, questions: Int = 0) {
        guard let sentences else { return }
        background = sentences
        self.questions = questions == 0 ? MixturePart.defaultClozes : questions
    }
}

extension BadRows: ConfigurationChoice {}
extension GeneratedTask: ConfigurationChoice {}
extension WorldSize: ConfigurationChoice {}
