import Foundation
import Tensors

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
