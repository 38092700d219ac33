import Foundation
import Testing

@testable import BenchmarkData

/// The rules of the embedded world, checked on the JSON itself and not on what the library made of it.
struct EmbeddedWorldTests {
    struct Source: Decodable {
        struct Kind: Decodable {
            let kind: String
            let entities: [String]
            let attributes: [Attribute]
        }
        struct Attribute: Decodable {
            let attribute: String
            let values, statements, questions: [String]
        }
        struct Distractors: Decodable {
            let sentences: [String]
            let slots: [String: [String]]
        }
        let kinds: [Kind]
        let distractors: Distractors
    }

    let source: Source

    init() throws {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent()
            .appending(path: "../../Sources/BenchmarkData/Resources/facts-world.json")
        source = try JSONDecoder().decode(Source.self, from: Data(contentsOf: file))
    }

    private func count(of part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

    @Test func everythingInTheFileIsInTheEmbeddedWorld() {
        let world = FactsWorld.embedded
        #expect(world.kinds.map(\.name.rawValue) == ["person", "place", "thing"])
        #expect(world.kinds.map(\.name.rawValue) == source.kinds.map(\.kind))
        #expect(world.kinds.map(\.entities) == source.kinds.map(\.entities))
        let attributes = world.kinds.flatMap(\.attributes)
        let expected = source.kinds.flatMap(\.attributes)
        #expect(attributes.map(\.name) == expected.map(\.attribute))
        #expect(attributes.map(\.values) == expected.map(\.values))
        #expect(attributes.map { $0.statements.map(\.source) } == expected.map(\.statements))
        #expect(attributes.map { $0.questions.map(\.source) } == expected.map(\.questions))
        #expect(world.distractors.sentences.map(\.source) == source.distractors.sentences)
        #expect(world.distractors.slots == source.distractors.slots)
    }

    @Test func noEntityStandsTwiceAndNoValueBelongsToTwoAttributes() {
        let names = source.kinds.flatMap { $0.entities + $0.attributes.flatMap(\.values) }
        let repeated = Dictionary(grouping: names, by: { $0.lowercased() }).filter { $1.count > 1 }.keys
        #expect(repeated.isEmpty)
        #expect(names.count > 500)
    }

    @Test func statementsHaveBothSlotsAndQuestionsOnlyTheEntity() {
        for attribute in source.kinds.flatMap(\.attributes) {
            #expect(!attribute.statements.isEmpty && !attribute.questions.isEmpty)
            for statement in attribute.statements {
                #expect(count(of: "{entity}", in: statement) == 1 && count(of: "{value}", in: statement) == 1)
                #expect(count(of: "{", in: statement) == 2, "\(statement)")
                #expect(statement.hasSuffix("."))
                #expect(count(of: ".", in: statement) == 1, "one sentence only: \(statement)")
            }
            for question in attribute.questions {
                #expect(count(of: "{entity}", in: question) == 1 && count(of: "{", in: question) == 1, "\(question)")
                #expect(question.hasSuffix("?"))
            }
        }
    }

    @Test func theArticleFitsEveryValue() {
        for attribute in source.kinds.flatMap(\.attributes)
        where attribute.statements.contains(where: { $0.contains(" a {value}") }) {
            for value in attribute.values { #expect(!"aeio".contains(value.prefix(1)), "a \(value)") }
        }
    }

    @Test func distractorsAreSentencesThatNameNoEntityAndNoValue() throws {
        let entities = Set(source.kinds.flatMap(\.entities))
        let values = Set(source.kinds.flatMap(\.attributes).flatMap(\.values))
        #expect(values.isDisjoint(with: source.distractors.slots.values.joined()))
        #expect(entities.isDisjoint(with: source.distractors.slots.values.joined()))
        for sentence in source.distractors.sentences {
            #expect(sentence.hasSuffix(".") && count(of: ".", in: sentence) == 1, "\(sentence)")
            #expect(entities.isDisjoint(with: sentence.components(separatedBy: .letters.inverted)), "\(sentence)")
        }
    }
}

struct FactsWorldRefusalTests {
    @Test func aValidWorldIsRead() throws {
        let world = try TinyWorld.world()
        let names = ["Ada", "Bo", "Cy", "Oslo", "Lima", "cat", "dog", "Foxley", "Avon", "old map", "attic"]
        #expect(world.names == names)
    }

    @Test(arguments: [
        (#""kind": "place""#, #""kind": "thing""#, "kind place: stands 0 times"),
        (#""Ada", "Bo""#, #""Ada", "Ada""#, #""Ada" stands twice"#),
        (#""Ada", "Bo", "Cy""#, "", "entities of person: none"),
        (#"["Foxley"]"#, #"["Ada"]"#, #"entities of place: "Ada" stands twice"#),
        (#"["cat", "dog"]"#, #"["cat", "Oslo"]"#, #"values of attribute pet of person: "Oslo" stands twice"#),
        (#"["cat", "dog"]"#, #"["cat", " "]"#, "values of attribute pet of person: one is empty"),
        (#"["Avon"]"#, "[]", "values of attribute river of place: none"),
        (#"["{entity} has a {value}."]"#, "[]", "attribute pet of person: needs at least one phrasing"),
        ("{entity} has a {value}.", "{entity} has a pet.", "needs each of the slots"),
        ("{entity} has a {value}.", "{entity} has a {value}", #"end it with ".""#),
        ("{entity} has a {value}.", "{entity has a {value}.", "needs each of the slots"),
        ("{entity} has a {value}.", "{entity} has a {value}}.", "a brace has no partner"),
        ("{entity} has a {value}.", "{entity} has a {value.", "a brace has no partner"),
        ("{value} is where {entity} lives.", "{entity} lives in {value}.", "a phrasing stands twice"),
        ("What pet does {entity} have?", "Is {value} the pet of {entity}?", "needs each of the slots"),
        ("What pet does {entity} have?", "What pet does {entity} have.", #"end it with "?""#),
        ("It was {weather} on {day}.", "It was {weather} on {night}.", "the slot {night} has no words"),
        ("Nothing happened.", "Nothing happened", "end it with a period"),
        (#"["warm", "cold"]"#, "[]", "words of the slot {weather}: none"),
        (#""It was {weather} on {day}.", "Nothing happened.""#, "", "distractors: none"),
    ])
    func aWorldThatBreaksARuleIsRefused(_ original: String, _ damaged: String, _ complaint: String) throws {
        #expect(TinyWorld.json.contains(original))
        let json = TinyWorld.json.replacingOccurrences(of: original, with: damaged)
        let error = try #require(throws: FactsWorldError.self) { try TinyWorld.world(json) }
        #expect(error.description.contains(complaint), "\(error)")
    }

    @Test func aKindWithoutAttributesIsRefused() throws {
        let start = try #require(TinyWorld.json.range(of: #"{"attribute": "river""#))
        let end = try #require(TinyWorld.json.range(of: #""Which river is in {entity}?"]}"#))
        var json = TinyWorld.json
        json.removeSubrange(start.lowerBound..<end.upperBound)
        let error = try #require(throws: FactsWorldError.self) { try TinyWorld.world(json) }
        #expect(error.description.contains("kind place: has no attributes"))
    }
}
