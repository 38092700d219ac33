import SeededRandom

extension GeneratedTask {
    /// The facts about people of `FactsGenerator`.
    public static let facts = GeneratedTask(
        "facts", metric: .exactMatch, factCounts: { _, _ in 1...FactsWorld.embedded.people.count }, hasDepth: false,
        asksOften: true, hasWideWorld: true, tellingWords: { Set(FactsWorld.embedded.people.map { $0.lowercased() }) }
    ) { (settings) throws(GeneratorError) in try FilledFactsGenerator(settings: settings) }
}

/// The documents of the facts task at a wanted length: all that `FactsGenerator` states of some people, among background
/// sentences.
struct FilledFactsGenerator: DocumentGenerator {
    let task = GeneratedTask.facts
    private let settings: GeneratorSettings
    private var facts: FactsGenerator
    private var background: BackgroundSource
    private var random: RandomSource

    /// - Parameter settings: valid ones.
    init(settings: GeneratorSettings) throws(GeneratorError) {
        self.settings = settings
        var factsSettings = settings.world == .wide ? FactsSettings.everyForm : FactsSettings()
        factsSettings = factsSettings.about(people: settings.facts ?? 4)
        (factsSettings.questionsPerDocument, factsSettings.unanswerable) = (settings.questions, settings.unanswerable)
        do {
            facts = try FactsGenerator(settings: factsSettings, seed: settings.seed, split: settings.split)
        } catch {
            throw GeneratorError(task: .facts, setting: "facts", problem: "\(error)")
        }
        background = BackgroundSource(settings, for: .facts)
        random = settings.random(for: .facts)
    }

    mutating func row() throws(GeneratorError) -> QADocument {
        let document = facts.document()
        let parts = document.parts
        background.restart(using: &random)
        let layout = DocumentLayout(
            facts: parts,
            relevant: document.keepsParagraphsTogether ? [] : document.questions.flatMap(\.support), settings: settings,
            using: &random
        ) { background.sentence(using: &$0) }
        guard let layout else {
            throw GeneratorError(
                task: .facts, setting: "length",
                problem:
                    "\(settings.length) tokens do not hold \(document.sentences.count) facts; give more tokens or fewer "
                    + "people")
        }
        return QADocument(
            context: .text(layout.pieces.joined(separator: " ")), questions: QADocument(document).questions,
            fields: DocumentFields(task: GeneratedTask.facts.rawValue, length: layout.tokens, depth: layout.depth))
    }
}

extension FactsWorld {
    /// The names of the listed people.
    var people: [String] { kinds.first { $0.name == .person }?.entities ?? [] }
}
