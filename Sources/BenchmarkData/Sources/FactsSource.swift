/// Documents of the task `facts`, as `FactsSettings` describe them.
public struct FactsSource: DocumentSource {
    public let settings: FactsSettings
    public let seed: UInt64
    public let split: DataSplit
    public let label: SourceLabel

    /// - Parameter label: unless given, the task and its world.
    public init(_ settings: FactsSettings, seed: UInt64, split: DataSplit, label: SourceLabel? = nil) {
        (self.settings, self.seed, self.split) = (settings, seed, split)
        self.label = label ?? SourceLabel(series: Self.series(of: settings))
    }

    /// Documents about so many people each.
    public init(people: Int, settings: FactsSettings, seed: UInt64, split: DataSplit, series: String? = nil) {
        self.init(
            settings.about(people: people), seed: seed &+ UInt64(people), split: split,
            label: SourceLabel(series: series ?? Self.series(of: settings), facts: people, unit: "people"))
    }

    /// Documents of about `length` tokens, each about as many people as that takes.
    ///
    /// - Parameter tokens: how many tokens a document has.
    /// - Throws: `FactsSettingsError`, and what counting throws.
    public init(
        length: Int, settings: FactsSettings, seed: UInt64, split: DataSplit, tokens: (String) throws -> Int
    ) throws {
        /// The mean tokens of documents about so many people.
        func mean(_ people: Int) throws -> Double {
            var generator = try FactsGenerator(settings: settings.about(people: people), seed: seed, split: split)
            return Double(try (0..<8).reduce(0) { total, _ in try total + tokens(generator.document().text) }) / 8
        }
        // Nearly a straight line, which two points give.
        let (low, high) = (try mean(4), try mean(36))
        let perPerson = (high - low) / 32
        let people = min(10_000, max(1, Int(((Double(length) - low) / perPerson + 4).rounded())))
        self.init(
            settings.about(people: people), seed: seed &+ UInt64(people), split: split,
            label: SourceLabel(series: Self.series(of: settings), length: length))
    }

    public var identity: SourceIdentity {
        SourceIdentity(
            kind: GeneratedTask.facts.rawValue,
            settings: Recorded(documents: settings, seed: seed, split: "\(split)"))
    }

    private struct Recorded: Encodable {
        let documents: FactsSettings
        let seed: UInt64
        let split: String
    }

    public var count: Int? { nil }

    public func documents(from start: Int) throws -> any DocumentStream {
        try documents(seed: seed).dropFirst(start)
    }

    /// Documents of another seed.
    public func otherDocuments(than count: Int, seed: UInt64) throws -> any DocumentStream {
        try documents(seed: self.seed &+ Self.seedOfOthers)
    }

    private func documents(seed: UInt64) throws -> GeneratedDocuments {
        GeneratedDocuments(try FactsGenerator(settings: settings, seed: seed, split: split))
    }

    private static func series(of settings: FactsSettings) -> String {
        GeneratedTask.facts.name(world: settings.world, unanswerable: settings.unanswerable)
    }
}
