import Foundation
import MetaTrainingSupport
import StrictConfiguration
import Testing

@testable import MetaTrain
@testable import MetaTraining

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
        for text in [
            "", "inner.steps", "=8", "inner.steps=", "a[=1", "a" + String(repeating: "[0]", count: 40_000) + "=1",
        ] {
            let failure = #expect(throws: (any Error).self) {
                try PerkMetaTrain.parseAsRoot(["train", "train.yaml", "--set", text])
            }
            #expect(failure.map { PerkMetaTrain.exitCode(for: $0).rawValue } == 64, "\(text.prefix(20))")
        }
    }
}
