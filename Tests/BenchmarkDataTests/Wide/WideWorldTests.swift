import Foundation
import Testing

@testable import BenchmarkData

/// The rules of the wide world, and what breaks them.
struct WideWorldTests {
    private let json: String

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/BenchmarkData/Resources/wide-world.json")
        json = try String(contentsOf: file, encoding: .utf8)
    }

    @Test func everyQuestionHasSeveralPhrasings() throws {
        let world = try JSONDecoder().decode(WideWorld.self, from: Data(json.utf8))
        for attribute in world.kinds.flatMap(\.attributes) {
            #expect((2...6).contains(attribute.questions.count), "\(attribute.name)")
            #expect((2...6).contains(attribute.reversed.count), "\(attribute.name)")
            #expect(Set(attribute.statements + attribute.changes).count >= 2, "\(attribute.name)")
        }
        #expect(CensusNames.embedded.firstNames.count == 2000 && CensusNames.embedded.surnames.count == 4000)
        #expect(Set(CensusNames.embedded.firstNames).isDisjoint(with: CensusNames.embedded.surnames))
    }

    /// "An hour" and "a union" are none of the values that have an article.
    @Test func theArticleFitsEveryValue() {
        for attribute in WideWorld.embedded.kinds.flatMap(\.attributes)
        where attribute.statements.contains(where: { $0.slots.contains("a value") }) {
            var random = GeneratorSettings { _ in 1 }.random(for: .facts)
            for _ in 0..<1000 {
                let value = WideWorld.embedded.symbols.phrase(attribute.value, using: &random)
                #expect(!["u", "eu", "one", "hour", "honest", "heir"].contains(where: value.hasPrefix), "\(value)")
                #expect(value == value.lowercased(), "\(value) is a name and has no article")
            }
        }
    }

    @Test func mentionsTakeTheFormOfTheirPlace() throws {
        let pattern = try SentencePattern("{entity} lost {entity's} way; a {value} found {object}.")
        #expect(
            pattern.filled { Mention.pronoun(.she).filling($0, value: "dog") } == "she lost her way; a dog found her.")
        #expect(pattern.filled { Mention.pronoun(.it).filling($0, value: "dog") } == "it lost its way; a dog found it.")
        #expect(
            pattern.filled { Mention.name("Otto Fay").filling($0, value: "dog") }
                == "Otto Fay lost Otto Fay's way; a dog found Otto Fay.")
        #expect(Mention.pronoun(.he).filling("a value", value: "owl") == "an owl")
        #expect(Mention.pronoun(.he).filling("a value", value: "dog") == "a dog")
    }

    @Test(arguments: [
        (#""{entity} lives in {value}.""#, #""Somebody lives in {value}.""#, "needs one slot of each of"),
        (#""{entity} lives in {value}.""#, #""{entity} lives in {value}""#, #"and ends in ".""#),
        (#""Where does {entity} live?""#, #""Where does {entity} live in {value}?""#, "needs one slot of each of"),
        (#""Who lives in {value}?""#, #""Who lives in {value}.""#, #"and ends in "?""#),
        (#""value": "town""#, #""value": "city""#, "{city}: has no words"),
        (#"["{coat} {animal}"]"#, #"["{coat} {pet}"]"#, "{pet}: stands within itself"),
        (#"["{coat} {animal}"]"#, #"["{coat} {9..1}"]"#, "{9..1}: has no words"),
        (#"["{coat} {animal}"]"#, "[]", "{pet}: has no words"),
        (#""kind": "firm""#, #""kind": "thing""#, "kinds: are not"),
        (#""{first}, and {second}.""#, #""{first}.""#, "of joins"),
    ])
    func aWorldThatBreaksARuleIsRefused(_ original: String, _ damaged: String, _ complaint: String) throws {
        #expect(json.contains(original))
        let data = Data(json.replacingOccurrences(of: original, with: damaged).utf8)
        let error = try #require(throws: FactsWorldError.self) { try JSONDecoder().decode(WideWorld.self, from: data) }
        #expect(error.description.contains(complaint), "\(error)")
    }
}
