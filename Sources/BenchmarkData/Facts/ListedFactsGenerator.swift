import SeededRandom

/// Draws documents of the facts task in a world of lists: each fact a sentence that names whom or what it is about.
struct ListedFactsGenerator: FactsDocumentSource {
    private let world: FactsWorld
    private let settings: FactsSettings
    /// What a made-up name must not repeat, in lower case: "Rome" is a city, and "Canary" would be a pet.
    private let listedNames: Set<String>
    private var random: RandomSource

    private struct Fact {
        let kind: FactsWorld.Kind
        let entity: String
        let attribute: FactsWorld.Attribute
        let value: String
    }

    /// - Parameter settings: valid ones.
    init(settings: FactsSettings, seed: UInt64, split: DataSplit, world: FactsWorld) {
        self.world = world
        self.settings = settings
        listedNames = Set(world.names.map { $0.lowercased() })
        random = RandomSource(seed: seed, stream: split.rawValue)
    }

    mutating func document() -> FactsDocument {
        let facts = drawnFacts()
        let sentences = facts.map { statement(of: $0) } + drawnDistractors()
        let order = random.sample(sentences.count, of: Array(sentences.indices))
        var positions = Array(repeating: 0, count: sentences.count)
        for (position, index) in order.enumerated() { positions[index] = position }
        let questions = drawnFactIndices(of: facts.count).map { index in
            random.occurs(settings.unanswerable)
                ? unanswerable(beside: facts)
                : FactQuestion(
                    question: question(facts[index].attribute, of: facts[index].entity), answer: facts[index].value,
                    support: [positions[index]])
        }
        return FactsDocument(
            paragraphs: FactsDocument.paragraphs(of: order.map { sentences[$0] }, using: &random), questions: questions)
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
                    facts.append(Fact(kind: kind, entity: entity, attribute: attribute, value: value))
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
            repeat { name = madeUpName() } while !madeUp.insert(name).inserted
            if index < entities.count { entities[index] = name } else { entities.append(name) }
        }
        return entities
    }

    private mutating func madeUpName() -> String {
        while true {
            let name = MadeUpName.drawn(using: &random)
            if !listedNames.contains(name.lowercased()) { return name }
        }
    }

    private mutating func drawnDistractors() -> [String] {
        let count = random.integer(in: settings.minimumDistractors...settings.maximumDistractors)
        return (0..<count).map { _ in world.distractor(using: &random) }
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

    private mutating func question(_ attribute: FactsWorld.Attribute, of entity: String) -> String {
        let phrasings = Array(attribute.questions.prefix(settings.questionPhrasings))
        return random.choice(of: phrasings).filled(entity: entity)
    }

    /// A question about something else of one who is spoken of, or about one who is not.
    private mutating func unanswerable(beside facts: [Fact]) -> FactQuestion {
        let kind = random.choice(of: facts).kind
        let inUse = Array(kind.attributes.prefix(settings.attributesInUse))
        let present = facts.filter { $0.kind.name == kind.name }
        let entity = random.choice(of: present).entity
        let stated = Set(present.filter { $0.entity == entity }.map(\.attribute.name))
        let untold = inUse.filter { !stated.contains($0.name) }
        if !untold.isEmpty, random.uniform() < 0.5 {
            return .unanswerable(question(random.choice(of: untold), of: entity))
        }
        let names = Set(present.map(\.entity))
        let absent = kind.entities.filter { !names.contains($0) }
        guard kind.name == .person else {
            // A document may speak of everything that the world has of a kind.
            guard !absent.isEmpty else { return .unanswerable(question(inUse[0], of: madeUpName())) }
            return .unanswerable(question(random.choice(of: inUse), of: random.choice(of: absent)))
        }
        var name: String
        repeat {
            name = absent.isEmpty || random.uniform() < settings.newNames ? madeUpName() : random.choice(of: absent)
        } while names.contains(name)
        return .unanswerable(question(random.choice(of: inUse), of: name))
    }
}
