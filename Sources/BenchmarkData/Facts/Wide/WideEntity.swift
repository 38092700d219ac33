import SeededRandom

/// Someone or something that a document of the wide world speaks of.
struct WideEntity: Sendable, Equatable {
    /// How it is named at first and in questions: "Mabel Torrance", "the silver key".
    let name: String
    /// How it is named thereafter: a person's first name, otherwise `name`.
    let shortName: String
    let pronoun: Pronoun

    /// The name as an answer: without its article.
    var answer: String { name.hasPrefix("the ") ? String(name.dropFirst(4)) : name }

    /// The pronoun of the third person that stands for an entity.
    struct Pronoun: Sendable, Equatable {
        let subject, object, possessive: String

        static let she = Pronoun(subject: "she", object: "her", possessive: "her")
        static let he = Pronoun(subject: "he", object: "him", possessive: "his")
        static let it = Pronoun(subject: "it", object: "it", possessive: "its")
    }
}

/// How a sentence speaks of an entity.
enum Mention {
    case name(String)
    case pronoun(WideEntity.Pronoun)

    /// What fills a slot of a pattern of the wide world.
    ///
    /// - Parameter value: what fills a slot for a value.
    func filling(_ slot: String, value: String = "") -> String {
        switch (slot, self) {
        case ("value", _): value
        case ("a value", _): ("aeiou".contains(value.prefix(1)) ? "an " : "a ") + value
        case ("entity's", .name(let name)): "\(name)'s"
        case ("entity's", .pronoun(let pronoun)): pronoun.possessive
        case ("object", .pronoun(let pronoun)): pronoun.object
        case (_, .name(let name)): name
        case (_, .pronoun(let pronoun)): pronoun.subject
        }
    }
}

/// Draws the entities of a document and the values of their attributes, from the part of the wide world that a split
/// has.
struct WideSource: Sendable {
    /// The share of values that are held out of training, in evaluation; a tenth of all values are.
    private static let heldOutShare = 0.25
    /// After so many draws that do not fit, a symbol is taken to have no phrase that does.
    private static let mostDraws = 2000

    let world: WideWorld
    let split: DataSplit
    /// The share of people with a made-up name.
    let newNames: Double

    /// `count` entities of a kind, none of which shares a name with another or with `others`, nor a first name.
    func entities(
        _ count: Int, of kind: WideWorld.EntityKind, beside others: [WideEntity] = [], using random: inout RandomSource
    ) -> [WideEntity] {
        var taken = Set(others.map(\.shortName))
        var firstNames =
            kind == .person ? random.sample(count + others.count, of: CensusNames.of(split).firstNames) : []
        var entities: [WideEntity] = []
        while entities.count < count {
            let entity = kind == .person ? person(&firstNames, using: &random) : self.entity(of: kind, using: &random)
            if taken.insert(entity.shortName).inserted { entities.append(entity) }
        }
        return entities
    }

    /// - Parameter firstNames: those that are left; a made-up one is drawn where there are none.
    private func person(_ firstNames: inout [String], using random: inout RandomSource) -> WideEntity {
        let isNew = random.uniform() < newNames
        guard !isNew, let first = firstNames.popLast() else {
            let first = madeUpName(using: &random)
            // Which pronoun stands for a made-up name can be seen from its end.
            let pronoun = "aei".contains(first.suffix(1)) ? WideEntity.Pronoun.she : .he
            return WideEntity(
                name: "\(first) \(madeUpName(using: &random))", shortName: first, pronoun: pronoun)
        }
        let surname = random.choice(of: CensusNames.of(split).surnames)
        return WideEntity(
            name: "\(first) \(surname)", shortName: first, pronoun: Self.women.contains(first) ? .she : .he)
    }

    private static let women = Set(CensusNames.embedded.women)

    private func madeUpName(using random: inout RandomSource) -> String {
        while true {
            let name = CensusNames.madeUpName(using: &random)
            if DataSplit.isHeldOut(name) == split.hasHeldOut { return name }
        }
    }

    private func entity(of kind: WideWorld.EntityKind, using random: inout RandomSource) -> WideEntity {
        let phrase = phrase(kind.rawValue, isHeldOut: split.hasHeldOut, using: &random)
        let name = kind == .thing ? "the \(phrase)" : phrase
        return WideEntity(name: name, shortName: name, pronoun: .it)
    }

    /// A value of an attribute. In evaluation it is more often one that training never shows than chance would have it.
    func value(of attribute: WideWorld.Attribute, using random: inout RandomSource) -> String {
        let isHeldOut = split.hasHeldOut && random.uniform() < Self.heldOutShare
        return phrase(attribute.value, isHeldOut: isHeldOut, using: &random)
    }

    private func phrase(_ symbol: String, isHeldOut: Bool, using random: inout RandomSource) -> String {
        for _ in 0..<Self.mostDraws {
            let phrase = world.symbols.phrase(symbol, using: &random)
            if DataSplit.isHeldOut(phrase) == isHeldOut { return phrase }
        }
        preconditionFailure("{\(symbol)} has too few phrases to divide them among training and evaluation")
    }
}
