import Foundation
import StrictConfiguration
import Testing

@testable import MetaTraining

/// Values on the command line in place of the file's.
@Suite struct ConfigurationSettingTests {
    static let file = """
        tokenizer: words.model
        seed: 4
        inner: {steps: 3, truncatedSteps: 2}
        weighter: ~
        curriculum:
          - {name: one, documents: {maximumPeople: 5}}
          - {name: two}
        evaluation: {people: [2, 4, 8]}
        """

    private func read(_ yaml: String, _ settings: [String] = []) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            yaml: yaml, file: "train.yaml", directory: URL(fileURLWithPath: "/runs/trial", isDirectory: true),
            settings: settings.map { try ConfigurationSetting($0) })
    }

    private func refusal(_ settings: String...) -> ConfigurationError? {
        #expect(throws: ConfigurationError.self) { try read(Self.file, settings) }
    }

    /// A setting gives what the file would give had it been changed so.
    @Test(arguments: [
        (["inner.steps=8"], "steps: 3", "steps: 8"),
        (["inner.microBatchTokens=64"], "steps: 3", "steps: 3, microBatchTokens: 64"),
        (["inner={steps: 1}"], "{steps: 3, truncatedSteps: 2}", "{steps: 1}"),
        (["adapter.layers=top 8"], "seed: 4", "seed: 4\nadapter: {layers: top 8}"),
        (["adapter.targets=[q_proj, up_proj]"], "seed: 4", "seed: 4\nadapter: {targets: [q_proj, up_proj]}"),
        (["weighter.hiddenWidth=9"], "weighter: ~", "weighter: {hiddenWidth: 9}"),
        (["tokenizer=../other=1.model"], "words.model", "../other=1.model"),
        (["curriculum[1].maximumSteps=10"], "{name: two}", "{name: two, maximumSteps: 10}"),
        (["curriculum[0].documents.maximumPeople=7"], "maximumPeople: 5", "maximumPeople: 7"),
        (["curriculum[1].until.accuracy=0.5"], "{name: two}", "{name: two, until: {accuracy: 0.5}}"),
        (["curriculum[0]=~"], "{name: one, documents: {maximumPeople: 5}}", "~"),
        (["evaluation.people[1]=6"], "[2, 4, 8]", "[2, 6, 8]"),
        (["evaluation.people=[9, 3]", "evaluation.people[0]=1"], "[2, 4, 8]", "[1, 3]"),
        (["seed=5", "seed=6"], "seed: 4", "seed: 6"),
        (["curriculum[1].name=\"7\""], "name: two", "name: \"7\""),
    ])
    func settingsAreAsGoodAsChangesOfTheFile(settings: [String], text: String, changed: String) throws {
        #expect(Self.file.contains(text))
        let expected = try read(Self.file.replacing(text, with: changed))
        #expect(try read(Self.file) != expected)
        #expect(try read(Self.file, settings) == expected)
    }

    @Test func emptyFilesTakeSettings() throws {
        let expected = try read("tokenizer: t\nmodel: {width: 64}")
        #expect(try read("", ["tokenizer=t", "model.width=64"]) == expected)
    }

    @Test(arguments: [
        ("inner.stepz=8", "inner.stepz: unknown key; did you mean steps?"),
        ("iner.steps=8", "iner: unknown key; did you mean inner?"),
        ("inner.steps=0", "inner.steps: 0 is out of range; it must be between 1 and 1024"),
        ("inner.steps=many", "inner.steps: expected a whole number, found \"many\""),
        ("inner={stepz: 8}", "inner.stepz: unknown key; did you mean steps?"),
        ("model={width: 90}", "model.heads: 4 heads do not cut a width of 90 into even parts; change one of them"),
        ("evaluation.people[2]=0", "evaluation.people[2]: 0 is out of range; it must be between 1 and 4096"),
        ("seed.low=1", "seed: expected keys with values, found \"4\""),
        ("threads.low=1", "threads: expected a whole number, found keys with values"),
        ("curriculum.name=x", "curriculum: expected keys with values, found a list"),
        ("inner[0]=1", "inner: expected a list, found keys with values"),
        ("adapter.targets[0]=up_proj", "adapter.targets: the file states no list here; set the whole list"),
        ("curriculum[2].name=x", "curriculum[2]: the list has 2 elements, counted from 0"),
        ("curriculum=[]", "curriculum: the list is empty; give at least one stage or remove the key"),
    ])
    func refusalsNameTheSetting(setting: String, words: String) {
        #expect(refusal(setting)?.description == "\(setting): \(words)")
    }

    /// The setting that prevails is named; what the file states is named by its line.
    @Test func refusalsNameWhatIsToBlame() {
        let later = refusal("curriculum=[{name: x}]", "curriculum[0].maximumSteps=0", "seed=1")
        #expect(later?.place == .setting("curriculum[0].maximumSteps=0"))
        let whole = refusal("curriculum[0].maximumSteps=1", "curriculum=[{maximumSteps: 0}]")
        #expect(whole?.place == .setting("curriculum=[{maximumSteps: 0}]"))
        #expect(refusal("inner.steps=1")?.place == .file("train.yaml", line: 3))
        // A key that another one begins with does not lead to it.
        #expect(refusal("inner.stepsize=1", "inner.step=1")?.place == .setting("inner.stepsize=1"))
    }

    @Test func rootsWithoutKeysAreRefused() {
        let failure = #expect(throws: ConfigurationError.self) { try read("- seed", ["seed=1"]) }
        #expect(failure?.description == "seed=1: expected keys with values, found a list")
    }

    @Test(arguments: [
        "", "inner.steps", "=8", ".steps=8", "inner.=8", "inner..steps=8", "[0]=1", "a[=1", "a[]=1", "a[-1]=1",
        "a[01]=1", "a[1]b=1", "a[99999999999999999999]=1", String(repeating: "a.", count: 40_000) + "a=1",
        "a" + String(repeating: "[0]", count: 40_000) + "=1", "inner.steps=", "inner.steps=# none", "inner.steps=[",
        "inner.steps=a: b: c",
    ])
    func malformedSettingsAreRefused(text: String) {
        #expect(throws: ConfigurationSettingError.self) { try ConfigurationSetting(text) }
    }
}
