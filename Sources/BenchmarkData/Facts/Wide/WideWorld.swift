import Foundation

/// What the facts task speaks of in the wide world: kinds of entities, their attributes, the sentences that state and
/// ask them, and a grammar that composes names and values.
///
/// Every world that exists is valid; decoding throws `FactsWorldError` otherwise.
struct WideWorld: Decodable, Sendable {
    let kinds: [Kind]
    /// Sentences of two clauses, `{first}` and `{second}`; the first of them joins asides, too.
    let joins: [SentencePattern]
    let asides: Asides
    /// The grammar of names and values.
    let symbols: PhraseGrammar

    enum EntityKind: String, Decodable, CaseIterable {
        case person, town, firm, thing
    }

    struct Kind: Decodable, Sendable {
        let name: EntityKind
        let attributes: [Attribute]

        enum CodingKeys: String, CodingKey {
            case name = "kind"
            case attributes
        }
    }

    /// Something that an entity has exactly one of at a time, such as the town where a person lives.
    ///
    /// In patterns, `{entity}` is the entity as a subject, `{object}` as an object and `{entity's}` what is its own, so
    /// that a pronoun can stand for each; `{value}` is the value and `{a value}` the value with its indefinite article.
    struct Attribute: Decodable, Sendable, Equatable {
        let name: String
        /// The symbol that values are phrases of.
        let value: String
        let statements: [SentencePattern]
        /// Sentences that tell a value which takes the place of one stated before; empty where nothing changes.
        let changes: [SentencePattern]
        /// Questions whose answer is the value.
        let questions: [SentencePattern]
        /// Questions about a value whose answer is the entity.
        let reversed: [SentencePattern]

        enum CodingKeys: String, CodingKey {
            case name = "attribute"
            case value, statements, changes, questions, reversed
        }
    }

    /// Clauses that state no fact.
    struct Asides: Decodable, Sendable {
        /// Of a person.
        let about: [SentencePattern]
        let general: [String]
    }

    private enum CodingKeys: String, CodingKey {
        case kinds, joins, asides, symbols
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kinds = try container.decode([Kind].self, forKey: .kinds)
        joins = try container.decode([SentencePattern].self, forKey: .joins)
        asides = try container.decode(Asides.self, forKey: .asides)
        symbols = try container.decode(PhraseGrammar.self, forKey: .symbols)
        try validate()
    }

    static let embedded: WideWorld = {
        do {
            return try JSONDecoder().decode(WideWorld.self, from: Data(PackageResources.wide_world_json))
        } catch {
            preconditionFailure("the embedded wide-world.json is damaged: \(error)")
        }
    }()
}

extension WideWorld {
    private static let entitySlots: Set = ["entity", "entity's", "object"]
    private static let valueSlots: Set = ["value", "a value"]

    private func validate() throws {
        guard kinds.map(\.name) == EntityKind.allCases else {
            throw FactsWorldError(
                subject: "kinds",
                problem: "are not \(EntityKind.allCases.map(\.rawValue)); give each once, in this order")
        }
        for kind in kinds.map(\.name) where kind != .person { try symbols.validate(kind.rawValue, within: []) }
        for attribute in kinds.flatMap(\.attributes) {
            try symbols.validate(attribute.value, within: [])
            let both = [Self.entitySlots, Self.valueSlots]
            try validate(attribute.statements, of: attribute.name, slots: both, end: ".")
            try validate(attribute.changes, of: attribute.name, slots: both, end: ".", mayLack: true)
            try validate(attribute.questions, of: attribute.name, slots: [Self.entitySlots], end: "?")
            try validate(attribute.reversed, of: attribute.name, slots: [Self.valueSlots], end: "?")
        }
        try validate(joins, of: "joins", slots: [["first"], ["second"]], end: ".")
        try validate(asides.about, of: "asides", slots: [Self.entitySlots], end: "")
        guard !asides.general.isEmpty else {
            throw FactsWorldError(subject: "asides", problem: "has no general ones; give at least one")
        }
    }

    private func validate(
        _ patterns: [SentencePattern], of subject: String, slots wanted: [Set<String>], end: String,
        mayLack: Bool = false
    ) throws {
        guard mayLack || !patterns.isEmpty else {
            throw FactsWorldError(
                subject: subject, problem: "lacks phrasings that end in \"\(end)\"; give at least one")
        }
        for pattern in patterns {
            let slots = pattern.slots
            guard slots.count == wanted.count, wanted.allSatisfy({ !$0.isDisjoint(with: slots) }),
                pattern.source.hasSuffix(end)
            else {
                throw FactsWorldError(
                    subject: "\"\(pattern.source)\" of \(subject)",
                    problem: "needs one slot of each of \(wanted.map { $0.sorted() }) and ends in \"\(end)\"")
            }
        }
    }
}
