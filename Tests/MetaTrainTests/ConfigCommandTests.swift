import Foundation
import Testing

@testable import MetaTrain

/// What `config` prints.
@Suite struct ConfigCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ yaml: String) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            yaml: yaml, file: "train.yaml", directory: URL(fileURLWithPath: "/runs", isDirectory: true),
            settings: [ConfigurationSetting("tokenizer=words.model")])
    }

    private func run(_ arguments: String...) throws -> (status: Int32, log: String, output: String) {
        try CommandProcess(["config"] + arguments, in: folder).finish()
    }

    /// Lines with a key, commented-out ones among them: indentation, key and value.
    private func keys(_ text: String) -> [(key: Substring, value: Substring)] {
        text.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /[# ]*([A-Za-z0-9]+):(?: (.*))?/).map { ($0.1, $0.2 ?? "") }
        }
    }

    @Test func readingThePrintedDefaultsGivesTheDefaults() throws {
        let result = try run()
        #expect(result.status == 0 && result.log.isEmpty)
        #expect(try result.output == TrainingConfiguration.commentedDefaults())
        #expect(try read(result.output) == read(""))
        // Sections that are absent are printed as they would be.
        let stated = result.output.replacing("# until:", with: "until:").replacing("#   accuracy", with: "  accuracy")
            .replacing("#   people", with: "  people").replacing("#   set", with: "  set")
        var expected = try read("")
        expected.curriculum[0].until = StageGoal()
        #expect(try read(stated) == expected)
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

    @Test func filesArePrintedAsARunWouldUseThem() throws {
        try Data(TinyTraining.yaml.utf8).write(to: folder.url.appendingPathComponent("train.yaml"))
        let result = try run("train.yaml", "--set", "seed=77", "--set", "curriculum[1].maximumSteps=5")
        var expected = try TinyTraining.configuration(
            in: URL(fileURLWithPath: folder.url.path, isDirectory: true))
        expected.seed = 77
        expected.curriculum[1].maximumSteps = 5
        #expect(try result.status == 0 && result.output == expected.resolvedYAML())
    }

    @Test func wrongInputIsNamed() throws {
        try Data(TinyTraining.yaml.utf8).write(to: folder.url.appendingPathComponent("train.yaml"))
        let unknown = try run("train.yaml", "--set", "inner.stepz=8")
        #expect(unknown.status == 1 && unknown.output.isEmpty)
        #expect(unknown.log == "error: --set inner.stepz=8: inner.stepz: unknown key; did you mean steps?\n")
        let alone = try run("--set", "seed=1")
        #expect(alone.status == 64 && alone.log.contains("give CONFIG.yaml too"))
        let malformed = try run("train.yaml", "--set", "seed")
        #expect(malformed.status == 64 && malformed.log.contains("give a path and a value"))
        #expect(try run("missing.yaml").status == 1)
    }
}
