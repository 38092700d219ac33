import Foundation

@testable import BenchmarkData

/// A world small enough to list all that can be said in it.
enum TinyWorld {
    static let json = """
        {
          "kinds": [
            {"kind": "person", "entities": ["Ada", "Bo", "Cy"], "attributes": [
              {"attribute": "city", "values": ["Oslo", "Lima"],
               "statements": ["{entity} lives in {value}.", "{value} is where {entity} lives."],
               "questions": ["Where does {entity} live?"]},
              {"attribute": "pet", "values": ["cat", "dog"],
               "statements": ["{entity} has a {value}."], "questions": ["What pet does {entity} have?"]}]},
            {"kind": "place", "entities": ["Foxley"], "attributes": [
              {"attribute": "river", "values": ["Avon"],
               "statements": ["{entity} stands on the {value}."], "questions": ["Which river is in {entity}?"]}]},
            {"kind": "thing", "entities": ["old map"], "attributes": [
              {"attribute": "room", "values": ["attic"],
               "statements": ["The {entity} is in the {value}."], "questions": ["Where is the {entity}?"]}]}
          ],
          "distractors": {
            "sentences": ["It was {weather} on {day}.", "Nothing happened."],
            "slots": {"weather": ["warm", "cold"], "day": ["Monday", "Friday"]}
          }
        }
        """

    static func world(_ json: String = json) throws -> FactsWorld {
        try JSONDecoder().decode(FactsWorld.self, from: Data(json.utf8))
    }
}
