import Foundation
import Testing

@testable import BenchmarkData

struct FactsSettingsTests {
    @Test func missingKeysKeepTheirDefaults() throws {
        let json = #"{"maximumPeople": 9, "newNames": 0.25, "sharesAttributes": true}"#
        var expected = FactsSettings()
        expected.maximumPeople = 9
        expected.newNames = 0.25
        expected.sharesAttributes = true
        #expect(try JSONDecoder().decode(FactsSettings.self, from: Data(json.utf8)) == expected)
    }

    @Test func everyKeySurvivesEncoding() throws {
        // Each setting has a value of its own, so that two swapped or forgotten keys would show.
        var json: [String: Any] = [:]
        for (index, key) in FactsSettings.CodingKeys.allCases.enumerated() { json[key.stringValue] = index + 101 }
        json["sharesAttributes"] = true
        json["world"] = "wide"
        for (index, share) in FactsSettings.shares.enumerated() {
            json[share.key.stringValue] = 0.375 + Double(index) / 64
        }
        let data = try JSONSerialization.data(withJSONObject: json)
        let settings = try JSONDecoder().decode(FactsSettings.self, from: data)
        let encoded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(settings))
        #expect(encoded as? NSDictionary == json as NSDictionary)
        for property in Mirror(reflecting: settings).children {
            let name = try #require(property.label)
            #expect("\(property.value)" == "\(try #require(json[name]))", "\(name)")
        }
    }

    @Test func theDefaultsAreValid() throws {
        try FactsSettings().validate()
    }

    @Test(arguments: [
        ("minimumPeople", #"{"minimumPeople": 4}"#),
        ("minimumPeople", #"{"minimumPeople": -1}"#),
        ("minimumPeople", #"{"minimumPeople": 0}"#),
        ("maximumPeople", #"{"maximumPeople": 9223372036854775807}"#),
        ("minimumPlaces", #"{"minimumPlaces": 1}"#),
        ("maximumPlaces", #"{"maximumPlaces": 45}"#),
        ("maximumThings", #"{"maximumThings": 81}"#),
        ("maximumThings", #"{"maximumThings": -3}"#),
        ("minimumDistractors", #"{"minimumDistractors": 3, "maximumDistractors": 2}"#),
        ("maximumDistractors", #"{"maximumDistractors": 10001}"#),
        ("attributesInUse", #"{"attributesInUse": 0}"#),
        ("factsPerEntity", #"{"factsPerEntity": 0}"#),
        ("statementPhrasings", #"{"statementPhrasings": 0}"#),
        ("questionPhrasings", #"{"questionPhrasings": 0}"#),
        ("questionsPerDocument", #"{"questionsPerDocument": -1}"#),
        ("newNames", #"{"newNames": 1.5}"#),
        ("newNames", #"{"newNames": -0.1}"#),
    ])
    func settingsThatCannotBeMetAreRefused(_ key: String, _ json: String) throws {
        let settings = try JSONDecoder().decode(FactsSettings.self, from: Data(json.utf8))
        let error = try #require(throws: FactsSettingsError.self) {
            try FactsGenerator(settings: settings, seed: 0, split: .training)
        }
        #expect(error.key == key, "\(error)")
        #expect(error.description.hasPrefix("facts settings: \(key): "))
    }

    @Test func aShareThatIsNoNumberIsRefused() {
        var settings = FactsSettings()
        settings.newNames = .nan
        #expect(throws: FactsSettingsError.self) { try settings.validate() }
    }
}
