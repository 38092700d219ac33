import SeededRandom

/// What a document says of one entity.
struct WideSubject: Sendable {
    let entity: WideEntity
    let kind: WideWorld.Kind
    var facts: [WideFact]
}

/// One fact about an entity.
struct WideFact: Sendable {
    let attribute: WideWorld.Attribute
    /// What holds.
    let value: String
    /// What held before and is stated first; nil where nothing has changed.
    let earlierValue: String?
}

/// Draws documents of the facts task in the wide world: people, towns, firms and things with names and values that
/// training and evaluation do not share, told sentence by sentence or in paragraphs.
struct WideFactsGenerator: FactsDocumentSource {
    private let settings: FactsSettings
    private let source: WideSource
    private var random: RandomSource

    /// - Parameter settings: valid ones.
    init(settings: FactsSettings, seed: UInt64, split: DataSplit, world: WideWorld = .embedded) {
        self.settings = settings
        source = WideSource(world: world, split: split, newNames: settings.newNames)
        random = RandomSource(seed: seed, stream: split.rawValue)
    }

    mutating func document() -> FactsDocument {
        let subjects = drawnSubjects()
        let count = random.integer(in: settings.minimumDistractors...settings.maximumDistractors)
        let distractors = (0..<count).map { _ in FactsWorld.embedded.distractor(using: &random) }
        var telling = WideTelling(
            subjects: subjects, world: source.world, compounds: settings.compounds,
            statementPhrasings: settings.statementPhrasings)
        let inParagraphs = random.occurs(settings.paragraphs)
        if inParagraphs {
            telling.tellInParagraphs(distractors: distractors, using: &random)
        } else {
            telling.tellInSentences(distractors: distractors, using: &random)
        }
        let questions = WideQuestions(
            subjects: subjects, support: telling.support, source: source, settings: settings
        ).drawn(using: &random)
        return FactsDocument(
            paragraphs: telling.paragraphs, questions: questions, keepsParagraphsTogether: inParagraphs)
    }

    private mutating func drawnSubjects() -> [WideSubject] {
        source.world.kinds.flatMap { kind in
            let inUse = Array(kind.attributes.prefix(settings.attributesInUse))
            let shared = random.sample(settings.factsPerEntity, of: inUse)
            let count = random.integer(in: settings.entities(of: kind.name))
            return source.entities(count, of: kind.name, using: &random).map { entity in
                let stated = settings.sharesAttributes ? shared : random.sample(settings.factsPerEntity, of: inUse)
                return WideSubject(entity: entity, kind: kind, facts: stated.map { fact($0) })
            }
        }
    }

    private mutating func fact(_ attribute: WideWorld.Attribute) -> WideFact {
        let value = source.value(of: attribute, using: &random)
        var earlierValue: String?
        if !attribute.changes.isEmpty, random.occurs(settings.changes) {
            repeat {
                earlierValue = source.value(of: attribute, using: &random)
            } while earlierValue == value
        }
        return WideFact(attribute: attribute, value: value, earlierValue: earlierValue)
    }
}

extension RandomSource {
    /// Whether something happens that has a probability. Nothing is drawn for what never does.
    mutating func occurs(_ probability: Double) -> Bool { probability > 0 && uniform() < probability }
}
