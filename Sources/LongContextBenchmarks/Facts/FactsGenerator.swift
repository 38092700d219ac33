import Tensors

/// Draws documents of the facts task, in an order that settings, seed and split determine.
///
/// An entity's attribute is stated at most once in a document, so every question has one answer. Entities may share a
/// value: two people may live in one city.
public struct FactsGenerator: Sendable {
    private let world: FactsWorld
    private let settings: FactsSettings
    /// What a made-up name must not repeat, in lower case: "Rome" is a city, and "Canary" would be a pet.
    private let listedNames: Set<String>
    private var random: RandomSource

    private struct Fact {
        let entity: String
        let attribute: FactsWorld.Attribute
        let value: String
    }

    /// - Throws: `FactsSettingsError` where `world` cannot give such documents.
    public init(
        settings: FactsSettings, seed: UInt64, split: DataSplit, world: FactsWorld = .embedded
    ) throws {
        try settings.validate(in: world)
        self.world = world
        self.settings = settings
        listedNames = Set(world.names.map { $0.lowercased() })
        random = RandomSource(seed: seed, stream: split.rawValue)
    }

    /// The next document.
    public mutating func document() -> FactsDocument {
        let facts = drawnFacts()
        let sentences = facts.map { statement(of: $0) } + drawnDistractors()
        let order = random.sample(sentences.count, of: Array(sentences.indices))
        var positions = Array(repeating: 0, count: sentences.count)
        for (position, index) in order.enumerated() { positions[index] = position }
        let questions = drawnFactIndices(of: facts.count).map { index in
            FactQuestion(
                question: question(about: facts[index]), answer: facts[index].value,
                supportingSentence: positions[index])
        }
        return FactsDocument(paragraphs: paragraphs(of: order.map { sentences[$0] }), questions: questions)
    }

    private mutating func drawnFacts() -> [Fact] {
        var facts: [Fact] = []
        for kind in world.kinds {
            let inUse = Array(kind.attributes.prefix(settings.attributesInUse))
            let shared = random.sample(settings.factsPerEntity, of: inUse)
            for entity in drawnEntities(of: kind) {
                let stated = settings.sharesAttributes ? shared : random.sample(settings.factsPerEntity, of: inUse)
                for attribute in stated {
                    let value = random.choice(of: attribute.values)
                    facts.append(Fact(entity: entity, attribute: attribute, value: value))
                }
            }
        }
        return facts
    }

    private mutating func drawnEntities(of kind: FactsWorld.Kind) -> [String] {
        let count = random.integer(in: settings.entities(of: kind.name))
        var entities = random.sample(count, of: kind.entities)
        guard kind.name == .person else { return entities }
        var madeUp: Set<String> = []
        for index in 0..<count where index >= kind.entities.count || random.uniform() < settings.newNames {
            var name: String
            repeat {
                name = MadeUpName.drawn(using: &random)
            } while listedNames.contains(name.lowercased()) || !madeUp.insert(name).inserted
            if index < entities.count { entities[index] = name } else { entities.append(name) }
        }
        return entities
    }

    private mutating func drawnDistractors() -> [String] {
        let count = random.integer(in: settings.minimumDistractors...settings.maximumDistractors)
        return (0..<count).map { _ in
            world.sentence(from: random.choice(of: world.distractors.sentences)) { random.choice(of: $0) }
        }
    }

    /// Which facts to ask: each once in random order, and around again where there are fewer facts than questions.
    private mutating func drawnFactIndices(of count: Int) -> [Int] {
        var indices: [Int] = []
        while indices.count < settings.questionsPerDocument {
            indices += random.sample(settings.questionsPerDocument - indices.count, of: Array(0..<count))
        }
        return indices
    }

    private mutating func statement(of fact: Fact) -> String {
        let phrasings = Array(fact.attribute.statements.prefix(settings.statementPhrasings))
        return random.choice(of: phrasings).filled(entity: fact.entity, value: fact.value)
    }

    private mutating func question(about fact: Fact) -> String {
        let phrasings = Array(fact.attribute.questions.prefix(settings.questionPhrasings))
        return random.choice(of: phrasings).filled(entity: fact.entity)
    }

    /// Cuts sentences into paragraphs of three to six, leaving no shorter rest.
    private mutating func paragraphs(of sentences: [String]) -> [[String]] {
        var paragraphs: [[String]] = []
        var rest = sentences[...]
        while rest.count > 6 {
            let length = random.integer(in: 3...min(6, rest.count - 3))
            paragraphs.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        paragraphs.append(Array(rest))
        return paragraphs
    }
}
