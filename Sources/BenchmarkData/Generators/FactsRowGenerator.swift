import Tensors

/// The documents of the facts task as rows: all that `FactsGenerator` states of some people, among background
/// sentences.
struct FactsRowGenerator: DocumentGenerator {
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
        background = BackgroundSource(
            text: settings.background.map { BackgroundSource.usable($0, for: .facts, world: settings.world) })
        random = settings.random(for: .facts)
    }

    mutating func row() throws(GeneratorError) -> BenchmarkRow {
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
                task: task, setting: "length",
                problem:
                    "\(settings.length) tokens do not hold \(document.sentences.count) facts; give more tokens or fewer "
                    + "people"
            )
        }
        return BenchmarkRow(
            context: .text(layout.pieces.joined(separator: " ")), questions: BenchmarkRow(document).questions,
            fields: RowFields(task: task.rawValue, length: layout.tokens, depth: layout.depth))
    }
}

extension FactsWorld {
    /// The names of the listed people.
    var people: [String] { kinds.first { $0.name == .person }?.entities ?? [] }
}

extension BenchmarkRow {
    /// A document of the facts task as it is written, in its paragraphs.
    public init(_ document: FactsDocument) {
        let sentences = document.sentences
        self.init(
            context: .text(document.text),
            questions: document.questions.map {
                RowQuestion(
                    question: $0.question, answers: [$0.answer], support: $0.support.map { sentences[$0] },
                    group: $0.group)
            }, fields: RowFields(task: GeneratedTask.facts.rawValue))
    }
}
