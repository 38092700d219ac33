import Digests
import Foundation

/// Generated documents of a task.
public struct TaskSource: DocumentSource {
    public let task: GeneratedTask
    public let settings: GeneratorSettings
    public let label: SourceLabel

    /// - Parameter label: unless given, the task, its world and the settings that are not the task's own choice.
    public init(_ task: GeneratedTask, settings: GeneratorSettings, label: SourceLabel? = nil) {
        (self.task, self.settings) = (task, settings)
        self.label =
            label
            ?? SourceLabel(
                series: task.name(world: settings.world, unanswerable: settings.unanswerable),
                length: settings.length, depth: settings.depth, facts: settings.facts)
    }

    public var identity: SourceIdentity {
        SourceIdentity(
            kind: task.rawValue, digest: settings.background.map(Self.digest), settings: settings.recorded)
    }

    public var count: Int? { nil }

    public func documents(from start: Int) throws -> any DocumentStream {
        try GeneratedDocuments(task.generator(settings: settings)).dropFirst(start)
    }

    /// Documents of another seed. Passages of a text come from the part that training has.
    public func otherDocuments(than count: Int, seed: UInt64) throws -> any DocumentStream {
        var others = settings
        others.seed &+= Self.seedOfOthers
        if task == .cloze { others.split = .training }
        return GeneratedDocuments(try task.generator(settings: others))
    }

    private static func digest(of sentences: [String]) -> String {
        Digest(of: Data(sentences.joined(separator: "\n").utf8)).hexadecimal
    }
}

extension GeneratorSettings {
    /// What decides a task's documents beside the background, and the tokenizer that counts.
    fileprivate var recorded: [String: String] {
        [
            "seed": "\(seed)", "split": "\(split)", "world": world.rawValue, "unanswerable": "\(unanswerable)",
            "length": "\(length)", "depth": depth.map { "\($0)" }, "facts": facts.map { "\($0)" },
            "questions": "\(questions)", "needleValues": needleValues.rawValue, "numbersEvents": "\(numbersEvents)",
        ].compactMapValues(\.self)
    }
}

/// The documents of a generator, without end.
struct GeneratedDocuments: DocumentStream {
    private var generator: any DocumentGenerator

    init(_ generator: any DocumentGenerator) { self.generator = generator }

    mutating func next() throws -> QADocument? {
        var document = try generator.row()
        document.metric = generator.task.metric
        return document
    }
}
