import Foundation
import SeededRandom

/// What the facts task speaks of: people, places and things, the attributes they may have, the phrasings that state and
/// ask them, and sentences that mean nothing to any question.
///
/// Every world that exists is valid: no entity stands twice, no value belongs to two attributes, and every pattern has
/// just the slots that its use fills. Decoding throws `FactsWorldError` otherwise.
public struct FactsWorld: Decodable, Sendable {
    /// One entry for each kind of entity.
    let kinds: [Kind]
    let distractors: Distractors

    enum EntityKind: String, Decodable, CaseIterable {
        case person, place, thing
    }

    struct Kind: Decodable, Sendable {
        let name: EntityKind
        let entities: [String]
        let attributes: [Attribute]

        enum CodingKeys: String, CodingKey {
            case name = "kind"
            case entities, attributes
        }
    }

    /// Something that an entity has exactly one of, such as the city where a person lives.
    struct Attribute: Decodable, Sendable {
        let name: String
        let values: [String]
        /// Sentences with the slots {entity} and {value}.
        let statements: [SentencePattern]
        /// Questions with the slot {entity}; the value is the answer.
        let questions: [SentencePattern]

        enum CodingKeys: String, CodingKey {
            case name = "attribute"
            case values, statements, questions
        }
    }

    struct Distractors: Decodable, Sendable {
        let sentences: [SentencePattern]
        /// The words that may fill each slot of the sentences.
        let slots: [String: [String]]
    }

    enum CodingKeys: String, CodingKey {
        case kinds, distractors
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kinds = try container.decode([Kind].self, forKey: .kinds)
        distractors = try container.decode(Distractors.self, forKey: .distractors)
        try validate()
    }

    /// The world that ships with this library.
    public static let embedded: FactsWorld = {
        do {
            return try JSONDecoder().decode(FactsWorld.self, from: Data(PackageResources.facts_world_json))
        } catch {
            preconditionFailure("the embedded facts-world.json is damaged: \(error)")
        }
    }()
}

extension FactsWorld {
    /// All entities and values.
    var names: [String] {
        kinds.flatMap { kind in kind.entities + kind.attributes.flatMap(\.values) }
    }

    /// A distractor with its slots filled, drawn among all.
    func distractor(using random: inout RandomSource) -> String {
        sentence(from: random.choice(of: distractors.sentences)) { random.choice(of: $0) }
    }

    /// A distractor with its slots filled.
    func sentence(from distractor: SentencePattern, word: (_ choices: [String]) -> String) -> String {
        distractor.filled { slot in
            guard let choices = distractors.slots[slot] else {
                preconditionFailure("validation lets no distractor have the undefined slot \(slot)")
            }
            return word(choices)
        }
    }
}

/// A sentence with named slots in braces: "{entity} lives in {value}."
struct SentencePattern: Decodable, Hashable, Sendable {
    private enum Piece: Hashable {
        case text(String)
        case slot(String)
    }

    private let pieces: [Piece]

    /// - Throws: `FactsWorldError` where a brace has no partner.
    init(_ source: String) throws {
        var pieces: [Piece] = []
        var rest = source[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { break }
            pieces.append(.text(String(rest[..<open])))
            pieces.append(.slot(String(rest[open..<close].dropFirst())))
            rest = rest[close...].dropFirst()
        }
        pieces.append(.text(String(rest)))
        for case .text(let text) in pieces where text.contains(where: { $0 == "{" || $0 == "}" }) {
            throw FactsWorldError(subject: "\"\(source)\"", problem: "a brace has no partner; write slots as {name}")
        }
        self.pieces = pieces
    }

    init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// The names of the slots, in the order in which they stand.
    var slots: [String] {
        pieces.compactMap { if case .slot(let name) = $0 { name } else { nil } }
    }

    /// Whether nothing stands before the first slot.
    var beginsWithSlot: Bool { pieces.first == .text("") && pieces.count > 1 }

    /// The pattern as it was written.
    var source: String { filled { "{\($0)}" } }

    /// The sentence that `word` gives, asked for each slot in the order in which they stand.
    func filled(_ word: (_ slot: String) -> String) -> String {
        var sentence = ""
        for piece in pieces {
            switch piece {
            case .text(let text): sentence += text
            case .slot(let name): sentence += word(name)
            }
        }
        return sentence
    }

    /// The sentence about `entity`, stating `value` where it has a slot for one.
    func filled(entity: String, value: String = "") -> String {
        filled { $0 == "entity" ? entity : value }
    }
}
