import Foundation
import StrictConfiguration
import Testing

@testable import MetaTraining

/// The defaults with their explanations.
@Suite struct CommentedDefaultsTests {
    private func read(_ yaml: String) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            yaml: yaml, file: "train.yaml", directory: URL(fileURLWithPath: "/runs", isDirectory: true),
            settings: [ConfigurationSetting("tokenizer=words.model")])
    }

    /// Lines with a key, commented-out ones among them: indentation, key and value.
    private func keys(_ text: String) -> [(key: Substring, value: Substring)] {
        text.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /[# ]*([A-Za-z0-9]+):(?: (.*))?/).map { ($0.1, $0.2 ?? "") }
        }
    }

    /// No key that a configuration can state is left out.
    @Test func everyKeyIsPrintedWithItsDefault() throws {
        let printed = keys(try TrainingConfiguration.commentedDefaults())
        let named = Set(printed.map(\.key))
        for key in keys(try read(TrainingConfigurationTests.withoutTokenizer).resolvedYAML()).map(\.key) {
            #expect(named.contains(key), "\(key)")
        }
        func value(of key: String) -> [Substring] { printed.filter { $0.key == key }.map(\.value) }
        #expect(value(of: "path") == ["null", "null", "null", "null"] && value(of: "tokenizer") == ["null"])
        #expect(value(of: "optimizer") == ["adamw"] && value(of: "layers") == ["3", "all"])
        #expect(value(of: "people") == ["null", "[2, 4, 8]"] && value(of: "directory") == ["run"])
        #expect(value(of: "minimumPeople") == ["2", "2", "2"])
        let sections = try TrainingConfiguration.commentedDefaults().split(separator: "\n")
            .compactMap { $0.wholeMatch(of: /([A-Za-z]+):.*/)?.1 }
        #expect(
            sections == [
                "method", "maximumSeconds", "seed", "threads", "arithmetic", "keptBytes", "model", "tokenizer",
                "adapter", "weighter", "inner",
                "text", "base", "meta",
                "curriculum",
                "evaluation", "parallel", "output",
            ])
    }

    @Test func everyKeyStandsBelowItsExplanation() throws {
        let lines = try TrainingConfiguration.commentedDefaults().split(separator: "\n").map {
            $0.trimmingPrefix(/\ */)
        }
        #expect(lines.allSatisfy { $0.count <= 120 })
        for (above, line) in zip(lines, lines.dropFirst()) where line.contains(/^(# +)?[A-Za-z0-9]+:/) {
            #expect(above.hasPrefix("#") && above.hasSuffix("."), "\(line)")
        }
        #expect(lines.contains("# The rank of each pair of matrices (1 to 4096)."))
        #expect(lines.contains("# The rule by which a gradient becomes a step (one of adamw, sgd)."))
        #expect(lines.contains("#   # The share of held-out questions answered exactly (0 to 1)."))
        #expect(lines.contains { $0.hasSuffix("(1 to 1000000000000).") })
    }
}
