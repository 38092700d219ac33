import Foundation
import LanguageModel
import PERKModel
import StrictConfiguration
import Tensors
import TestTimeLearning
import Yams

/// Everything that a meta-training run is told, as one YAML file states it.
///
/// Each section has defaults, so an empty file with a tokenizer is a complete configuration. Unknown keys, mistyped
/// values and values out of bounds are refused by their full path. Relative paths are relative to the file.
public struct TrainingConfiguration: ConfigurationSection {
    var method = TrainingMethod.perk
    var maximumSeconds: Int?
    var seed = 1
    package var threads = ProcessInfo.processInfo.activeProcessorCount
    var arithmetic: Arithmetic?
    var keptBytes: Int?
    var model = ModelSection()
    var tokenizer: String?
    var adapter = AdapterSection()
    var weighter = WeighterConfiguration()
    var inner = InnerSection()
    var text = TextFormat()
    var base = BaseSection()
    package var meta = MetaSection()
    var curriculum = [CurriculumStage()]
    var evaluation = EvaluationSection()
    var parallel = ParallelSection()
    package var output = OutputSection()

    package init() {}

    /// Reads a configuration file, with the values of `settings` in place of its own.
    /// - Throws: `ConfigurationError`.
    public init(path: String, settings: [ConfigurationSetting] = []) throws {
        let url = URL(fileURLWithPath: path)
        let yaml: String
        do {
            yaml = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw ConfigurationError(
                place: .file(path, line: nil), path: "", problem: .unreadable(reason: error.localizedDescription))
        }
        try self.init(
            yaml: yaml, file: path, directory: url.standardizedFileURL.deletingLastPathComponent(), settings: settings)
    }

    /// Reads the text of a configuration file; `file` names it in errors, relative paths start from `directory`.
    /// - Throws: `ConfigurationError`.
    public init(yaml: String, file: String, directory: URL, settings: [ConfigurationSetting] = []) throws {
        let stated: Node?
        do {
            stated = try Yams.compose(yaml: yaml)
        } catch {
            throw ConfigurationError(
                place: .file(file, line: nil), path: "", problem: .syntax("\(error)"))
        }
        let node = try settings.reduce(stated ?? [:]) { node, setting in try setting.applied(to: node) }
        let source = ConfigurationSource(file: file, directory: directory, settings: settings)
        var reader = try SectionReader(source, node: node)
        try reader.readAll(into: &self)
    }

    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "method", into: &method,
            "What the adapter is trained for: perk, to be what a document is learned from; in-context, to answer with the "
                + "document in the prompt, by plain gradient steps on the same rows, which is what PERK has to beat")
        try reader.read(
            "maximumSeconds", into: &maximumSeconds, in: 1...100_000_000,
            "The seconds of steps, over all processes that resumed the run, after which it ends; null for no such end")
        try reader.read("seed", into: &seed, in: 0...Int.max, "The seed of every random choice")
        try reader.read(
            "threads", into: &threads, in: 1...1024,
            "The number of threads that work on segments and tasks at once; by default one for each processor")
        try reader.read(
            "arithmetic", into: &arithmetic,
            "How products with weights that are not trained are computed; null for what a meta-trained model was trained "
                + "with, and float32 for another")
        try reader.read(
            "keptBytes", into: &keptBytes, in: 0...Int(ProcessInfo.processInfo.physicalMemory),
            "The bytes of results of the inner steps that are kept for the meta-gradient instead of being computed twice; "
                + "null for an eighth of the memory. Changes no number")
        try reader.readSection("model", into: &model, "The base language model: an existing one, or a fresh one")
        try reader.readPath(
            "tokenizer", into: &tokenizer,
            "The tokenizer's file, which a fresh model needs; an existing one has its own, and takes none here")
        try reader.readSection("adapter", into: &adapter, "The LoRA adapter that documents are written into")
        try reader.readSection(
            "weighter", into: &weighter, "The network that weighs each token's loss in the inner loop")
        try reader.readSection("inner", into: &inner, "The inner loop, which writes a document into the adapter")
        try reader.readSection(
            "text", into: &text,
            "How documents and questions become token sequences; a meta-trained model has its own way")
        try reader.readSection(
            "base", into: &base, "Plain language modelling of the base model, before meta-training")
        try reader.readSection(
            "meta", into: &meta,
            "The outer loop, which learns where the inner loop starts, how it weighs tokens and how far it steps")
        try reader.readSections("curriculum", into: &curriculum, "The stages of the training data, easiest first")
        try reader.readSection("evaluation", into: &evaluation, "Measuring on held-out documents")
        try reader.readSection(
            "parallel", into: &parallel, "How the processes that mpirun has started work together")
        try reader.readSection("output", into: &output, "Where results go")
    }

    package func validate(_ reader: SectionReader) throws {
        guard tokenizer != nil || model.path != nil else {
            throw reader.refusal("tokenizer", "a fresh model brings no tokenizer; give the path of one")
        }
        guard tokenizer == nil || model.path == nil else {
            throw reader.refusal("tokenizer", "the model at model.path has its own; remove this key or model.path")
        }
        if method == .inContext {
            for (key, isSet) in [("meta.trainBase", meta.trainBase), ("text.includesSupport", text.includesSupport)]
            where isSet {
                throw reader.refusal(key, "method: in-context trains an adapter on answers alone; remove this key")
            }
        }
        guard !curriculum.isEmpty else {
            throw reader.refusal("curriculum", "the list is empty; give at least one stage or remove the key")
        }
        for (index, stage) in curriculum.enumerated() {
            if let steps = stage.innerSteps, steps > inner.loop.steps {
                throw reader.refusal(
                    "curriculum[\(index)].innerSteps",
                    "\(steps) inner steps, but inner.steps is \(inner.loop.steps) and there is a rate for so many only; "
                        + "raise inner.steps")
            }
            if let set = stage.until?.set, !evaluation.setNames.contains(set) {
                throw reader.refusal(
                    "curriculum[\(index)].until.set",
                    "evaluation has no set \"\(set)\"; its sets are "
                        + evaluation.setNames.map { "\"\($0)\"" }.joined(separator: ", "))
            }
        }
    }

    /// The configuration as YAML, with every default written out and every path absolute. Reading it gives `self`.
    /// - Throws: `ConfigurationError` where the values, changed since they were read, are not consistent.
    public func resolvedYAML() throws -> String { try Yams.serialize(node: resolvedEntries().node) }

    /// Every key with the value that it has, paths absolute.
    func resolvedEntries() throws -> [ConfigurationEntry] {
        var recorded = self
        let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
        var reader = try SectionReader(ConfigurationSource(file: "configuration", directory: here), node: [:])
        try reader.readAll(into: &recorded)
        return reader.entries
    }

    /// The most steps that a run takes, over both phases.
    public var maximumSteps: Int { base.steps + curriculum.reduce(0) { $0 + $1.maximumSteps } }

    /// The defaults as YAML, every key below a comment that explains it. It lacks a tokenizer, which has no default.
    public static func commentedDefaults() throws -> String {
        var defaults = TrainingConfiguration()
        var reader = try SectionReader(ConfigurationSource(file: "defaults", directory: nil), node: [:])
        try defaults.read(from: &reader)
        let heading = "# Every key with its default. A tokenizer, or the path of a model, is to be added.\n\n"
        return try heading + reader.entries.commentedYAML()
    }
}
