import BenchmarkData
extension EvaluationCell {
    /// Documents of the facts task about so many people each.
    public static func facts(people: Int, settings: FactsSettings, documents: Int, seed: UInt64) -> EvaluationCell {
        EvaluationCell(
            task: name(of: settings), facts: people, documents: documents,
            source: .facts(settings.about(people: people), seed: seed &+ UInt64(people)))
    }

    /// Documents of the facts task of about `length` tokens, each about as many people as that takes.
    ///
    /// - Parameter tokens: how many tokens a document has.
    /// - Throws: `FactsSettingsError`.
    public static func facts(
        length: Int, settings: FactsSettings, documents: Int, seed: UInt64, tokens: (String) throws -> Int
    ) throws -> EvaluationCell {
        /// The mean tokens of documents about so many people.
        func mean(_ people: Int) throws -> Double {
            var generator = try FactsGenerator(
                settings: settings.about(people: people), seed: seed, split: .evaluation)
            return Double(try (0..<8).reduce(0) { total, _ in try total + tokens(generator.document().text) }) / 8
        }
        // Nearly a straight line, which two points give.
        let (low, high) = (try mean(4), try mean(36))
        let perPerson = (high - low) / 32
        let people = min(10_000, max(1, Int(((Double(length) - low) / perPerson + 4).rounded())))
        let source = facts(people: people, settings: settings, documents: documents, seed: seed).source
        return EvaluationCell(task: name(of: settings), length: length, documents: documents, source: source)
    }

    private static func name(of settings: FactsSettings) -> String {
        GeneratedTask.facts.name(world: settings.world, unanswerable: settings.unanswerable)
    }
}
