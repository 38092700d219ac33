import Foundation
import LanguageModel
import Yams

/// Everything that a meta-training run is told, as one YAML file states it.
///
/// Each section has defaults, so an empty file with a tokenizer is a complete configuration. Unknown keys, mistyped
/// values and values out of bounds are refused by their full path. Relative paths are relative to the file.
struct TrainingConfiguration: ConfigurationSection {
    /// The seed of every random choice.
    var seed = 1
    /// The number of threads that work on segments and tasks at once.
    var threads = ProcessInfo.processInfo.activeProcessorCount
    /// The base language model.
    var model = ModelSection()
    /// The tokenizer's file for a fresh model; an existing one has its own.
    var tokenizer: String?
    /// The adapter that documents are written into.
    var adapter = AdapterSection()
    /// The token weighter.
    var weighter = WeighterSection()
    /// The inner loop, which writes a document into the adapter.
    var inner = InnerSection()
    /// Plain language modelling of the base model, before meta-training.
    var base = BaseSection()
    /// The outer loop.
    var meta = MetaSection()
    /// The stages of the training data, easiest first.
    var curriculum = [CurriculumStage()]
    /// Measuring on held-out documents.
    var evaluation = EvaluationSection()
    /// Where results go.
    var output = OutputSection()

    init() {}

    /// Reads a configuration file.
    /// - Throws: `TrainingConfigurationError`.
    init(path: String) throws {
        let url = URL(fileURLWithPath: path)
        let yaml: String
        do {
            yaml = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw TrainingConfigurationError(
                file: path, line: nil, path: "", problem: .unreadable(reason: error.localizedDescription))
        }
        try self.init(yaml: yaml, file: path, directory: url.standardizedFileURL.deletingLastPathComponent())
    }

    /// Reads the text of a configuration file; `file` names it in errors, relative paths start from `directory`.
    /// - Throws: `TrainingConfigurationError`.
    init(yaml: String, file: String, directory: URL) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw TrainingConfigurationError(file: file, line: nil, path: "", problem: .syntax("\(error)"))
        }
        var reader = try SectionReader(file: file, directory: directory, node: node ?? [:])
        try reader.readAll(into: &self)
    }

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("seed", into: &seed, in: 0...Int.max)
        try reader.read("threads", into: &threads, in: 1...1024)
        try reader.readSection("model", into: &model)
        try reader.readPath("tokenizer", into: &tokenizer)
        try reader.readSection("adapter", into: &adapter)
        try reader.readSection("weighter", into: &weighter)
        try reader.readSection("inner", into: &inner)
        try reader.readSection("base", into: &base)
        try reader.readSection("meta", into: &meta)
        try reader.readSections("curriculum", into: &curriculum)
        try reader.readSection("evaluation", into: &evaluation)
        try reader.readSection("output", into: &output)
    }

    func validate(_ reader: SectionReader) throws {
        guard tokenizer != nil || model.path != nil else {
            throw reader.refusal("tokenizer", "a fresh model brings no tokenizer; give the path of one")
        }
        guard tokenizer == nil || model.path == nil else {
            throw reader.refusal("tokenizer", "the model at model.path has its own; remove this key or model.path")
        }
        guard !curriculum.isEmpty else {
            throw reader.refusal("curriculum", "the list is empty; give at least one stage or remove the key")
        }
        for (index, stage) in curriculum.enumerated() {
            if let steps = stage.innerSteps, steps > inner.steps {
                throw reader.refusal(
                    "curriculum[\(index)].innerSteps",
                    "\(steps) inner steps, but inner.steps is \(inner.steps) and there is a rate for so many only; "
                        + "raise inner.steps")
            }
        }
    }

    /// The configuration as YAML, with every default written out and every path absolute. Reading it gives `self`.
    /// - Throws: `TrainingConfigurationError` where the values, changed since they were read, are not consistent.
    func resolvedYAML() throws -> String {
        var recorded = self
        let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
        var reader = try SectionReader(file: "configuration", directory: here, node: [:])
        try reader.readAll(into: &recorded)
        return try Yams.serialize(node: .mapping(reader.resolved))
    }
}
