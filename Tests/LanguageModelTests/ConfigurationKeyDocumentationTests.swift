import Foundation
import Testing

@testable import LanguageModel

/// The table of keys in docs/model-files.md says what the program does.
@Suite struct ConfigurationKeyDocumentationTests {
    private static let page = FamilyFixture.folder.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/model-files.md")
    private static let marks = ("<!-- keys begin -->\n", "<!-- keys end -->\n")

    /// A row for each key and what it does, with the families that have it.
    private static func table(_ keys: (ModelFamily) -> [ConfigurationKey]) -> String {
        var families: [String: [String: [String]]] = [:]
        for family in ModelFamily.allCases {
            for key in keys(family) { families[key.name, default: [:]][effect(key), default: []].append(family.name) }
        }
        let rows = families.sorted { $0.key < $1.key }.flatMap { name, effects in
            effects.sorted { $0.key < $1.key }.map { effect, names in
                let whose = names.count == ModelFamily.allCases.count ? "all" : names.joined(separator: ", ")
                return "| `\(name)` | \(effect) | \(whose) |\n"
            }
        }
        return "| key | what it does here | families |\n|---|---|---|\n" + rows.joined()
    }

    private static func effect(_ key: ConfigurationKey) -> String {
        switch key.effect {
        case .used: "used"
        case .harmless: "does not bear on what is computed"
        case .fixed(let values) where values.isEmpty: "refused"
        case .fixed(let values):
            "refused, unless " + values.map { $0.text ?? $0.description }.joined(separator: " or ")
        }
    }

    /// `PERK_RECORD=1 swift test --filter ConfigurationKeyDocumentation` writes the tables.
    @Test func thePageHasEveryKey() throws {
        let tables =
            "### config.json\n\n" + Self.table { $0.definition.configurationKeys }
            + "\n### GGUF, behind the architecture and a dot\n\n" + Self.table { $0.definition.ggufKeys }
        let page = try String(contentsOf: Self.page, encoding: .utf8)
        let start = try #require(page.range(of: Self.marks.0)).upperBound
        let end = try #require(page.range(of: Self.marks.1)).lowerBound
        if ProcessInfo.processInfo.environment["PERK_RECORD"] != nil {
            try (page[..<start] + tables + page[end...]).write(to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        #expect(page[start..<end] == tables, "the tables are old: run this test with PERK_RECORD=1")
    }
}
