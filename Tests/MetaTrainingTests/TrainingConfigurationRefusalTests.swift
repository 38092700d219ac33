import Foundation
import StrictConfiguration
import Testing

@testable import MetaTraining

/// Mistakes in a configuration are refused by the full path of the key.
@Suite struct TrainingConfigurationRefusalTests {
    private func refusal(_ yaml: String) -> ConfigurationError? {
        #expect(throws: ConfigurationError.self) {
            try TrainingConfiguration(yaml: yaml, file: "train.yaml", directory: URL(fileURLWithPath: "/runs/trial"))
        }
    }

    @Test(arguments: ["", "# nothing\n", "{}", "~", "model: {width: 64}"])
    func freshModelsNeedATokenizer(yaml: String) {
        #expect(refusal(yaml)?.path == "tokenizer")
    }

    @Test(arguments: [
        ("metta: {steps: 2}", "metta", "meta"),
        ("meta: {tasksPerStp: 2}", "meta.tasksPerStp", "tasksPerStep"),
        ("adapter: {rank: 2, rslora: true}", "adapter.rslora", "rsLoRA"),
        ("model: {widht: 2}", "model.widht", "width"),
        ("curriculum: [{}, {documents: {minimumPeopel: 2}}]", "curriculum[1].documents.minimumPeopel", "minimumPeople"),
        ("output: {tensorboard: true}", "output.tensorboard", "tensorBoard"),
        ("curriculum: [{until: {acuracy: 0.5}}]", "curriculum[0].until.acuracy", "accuracy"),
    ])
    func unknownKeysNameTheirPathAndTheNearestOne(yaml: String, path: String, nearest: String) {
        let failure = refusal(yaml)
        #expect(failure?.path == path)
        #expect(failure?.description == "train.yaml:1: \(path): unknown key; did you mean \(nearest)?")
    }

    @Test func strangeKeysListTheRightOnes() {
        let failure = refusal("seed: 1\nweighter:\n  temperature: 1")
        #expect(
            failure?.description
                == "train.yaml:3: weighter.temperature: unknown key; the keys here are enabled, hiddenWidth, "
                + "nonlinearity, normalized")
        #expect(refusal("[a]: 1")?.problem == .mistyped(expected: "text as a key", found: "a list"))
    }

    @Test(arguments: [
        ("seed: one", "seed", "a whole number", "\"one\""),
        ("seed: 1.5", "seed", "a whole number", "\"1.5\""),
        ("seed: 99999999999999999999", "seed", "a whole number", "\"99999999999999999999\""),
        ("seed:", "seed", "a whole number", "nothing"),
        ("adapter: {alpha: high}", "adapter.alpha", "a number", "\"high\""),
        ("adapter: {alpha: [1]}", "adapter.alpha", "a number", "a list"),
        ("adapter: {rsLoRA: 2}", "adapter.rsLoRA", "true or false", "\"2\""),
        ("output: {tensorBoard: tensorboard}", "output.tensorBoard", "true or false", "\"tensorboard\""),
        ("inner: {optimizer: adam}", "inner.optimizer", "one of adamw, sgd", "\"adam\""),
        ("adapter: 16", "adapter", "keys with values", "\"16\""),
        ("adapter: [rank]", "adapter", "keys with values", "a list"),
        ("- seed", "", "keys with values", "a list"),
        ("curriculum: {name: x}", "curriculum", "a list", "keys with values"),
        ("curriculum: [bind]", "curriculum[0]", "keys with values", "\"bind\""),
        ("curriculum: [{name: {}}]", "curriculum[0].name", "text", "keys with values"),
        ("curriculum: [{documents: 4}]", "curriculum[0].documents", "keys with values", "\"4\""),
        ("adapter: {targets: some}", "adapter.targets", "a list", "\"some\""),
        ("evaluation: {people: [2, x]}", "evaluation.people[1]", "a whole number", "\"x\""),
        ("tokenizer: [a]", "tokenizer", "text", "a list"),
    ])
    func mistypedValuesNamePathAndType(yaml: String, path: String, expected: String, found: String) {
        let failure = refusal(yaml)
        #expect(failure?.path == path)
        #expect(failure?.problem == .mistyped(expected: expected, found: found))
    }

    @Test func mistypedTargetsListTheChoices() {
        let failure = refusal("adapter: {targets: [q_proj, qproj]}")
        #expect(failure?.path == "adapter.targets[1]")
        #expect(failure?.description.contains("one of q_proj, k_proj, v_proj, o_proj, gate_proj") == true)
    }

    @Test(arguments: [
        ("seed: -1", "seed"), ("threads: 0", "threads"), ("adapter: {rank: -3}", "adapter.rank"),
        ("adapter: {alpha: .nan}", "adapter.alpha"), ("inner: {beta2: 1}", "inner.beta2"),
        ("inner: {initialRate: .inf}", "inner.initialRate"), ("meta: {rate: 0}", "meta.rate"),
        ("model: {heads: 0}", "model.heads"), ("evaluation: {people: [0]}", "evaluation.people[0]"),
        ("curriculum: [{until: {accuracy: 90}}]", "curriculum[0].until.accuracy"),
        ("curriculum: [{sentencesPerSegment: 0}]", "curriculum[0].sentencesPerSegment"),
        ("curriculum: [{rate: -1}]", "curriculum[0].rate"), ("keptBytes: 1000000000000000", "keptBytes"),
    ])
    func valuesOutOfBoundsAreRefused(yaml: String, path: String) {
        let failure = refusal(yaml)
        #expect(failure?.path == path)
        guard case .outOfRange = failure?.problem else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func boundsAreNamed() {
        #expect(
            refusal("\nadapter:\n  rank: -3")?.description
                == "train.yaml:3: adapter.rank: -3 is out of range; it must be between 1 and 4096")
    }

    @Test(arguments: [
        ("model: {heads: 5}", "model.heads"), ("model: {heads: 4, keyValueHeads: 3}", "model.keyValueHeads"),
        ("model: {path: m, width: 96}", "model.width"), ("model: {path: m}\ntokenizer: t", "tokenizer"),
        ("text: {prompt: Answer this}", "text.prompt"), ("adapter: {path: a, rank: 8}", "adapter.rank"),
        ("adapter: {layers: top 8, path: a}", "adapter.layers"),
        ("inner: {steps: 2, truncatedSteps: 3}", "inner.truncatedSteps"),
        ("curriculum: [{mixture: [{task: cloze}]}]", "curriculum[0].mixture[0].texts"),
        ("curriculum: [{mixture: [{task: qa1, texts: a.txt}]}]", "curriculum[0].mixture[0].texts"),
        ("curriculum: [{mixture: [{task: qa1, clozes: 2}]}]", "curriculum[0].mixture[0].clozes"),
        ("evaluation: {tasks: [{task: cloze}]}", "evaluation.tasks[0].texts"),
        ("adapter: {targets: []}", "adapter.targets"),
        ("adapter: {targets: [up_proj, up_proj]}", "adapter.targets"),
        ("tokenizer: t\ncurriculum: []", "curriculum"), ("evaluation: {people: []}", "evaluation.people"),
        ("curriculum: [{documents: {minimumPeople: 5, maximumPeople: 4}}]", "curriculum[0].documents.minimumPeople"),
        ("curriculum: [{documents: {factsPerEntity: 0}}]", "curriculum[0].documents.factsPerEntity"),
        ("base: {documents: {minimumThings: 2}}", "base.documents.minimumThings"),
        ("tokenizer: t\ncurriculum: [{}, {innerSteps: 5}]", "curriculum[1].innerSteps"),
        ("text: {segmentPrefix: 'doc:'}", "text.segmentPrefix"),
        ("weighter: {nonlinearity: gelu, normalized: true}", "weighter.normalized"),
        ("meta: {baseLayers: top 2}", "meta.baseLayers"), ("evaluation: {files: [{}]}", "evaluation.files[0].path"),
        ("{tokenizer: t, method: in-context, meta: {trainBase: true}}", "meta.trainBase"),
        ("{tokenizer: t, method: in-context, text: {includesSupport: true}}", "text.includesSupport"),
        ("evaluation: {people: [2, 2]}", "evaluation.files"), ("evaluation: {tasks: [{}]}", "evaluation.tasks[0].task"),
        ("curriculum: [{mixture: [{path: a, task: qa1}]}]", "curriculum[0].mixture[0].task"),
        ("curriculum: [{mixture: [{format: plain}]}]", "curriculum[0].mixture[0].format"),
        ("curriculum: [{until: {set: 4 people, people: 4}}]", "curriculum[0].until.people"),
        ("curriculum: [{documents: {paragraphs: 0.5}}]", "curriculum[0].documents.paragraphs"),
        ("curriculum: [{growth: {documents: {world: wide}}}]", "curriculum[0].growth.documents.world"),
        ("curriculum: [{mixture: [{world: wide}]}]", "curriculum[0].mixture[0].world"),
        ("curriculum: [{mixture: [{path: a, unanswerable: 0.5}]}]", "curriculum[0].mixture[0].unanswerable"),
        ("curriculum: [{mixture: [{task: qa2, facts: 1}]}]", "curriculum[0].mixture[0].facts"),
        ("curriculum: [{mixture: [{questions: 2}]}]", "curriculum[0].mixture[0].questions"),
        ("curriculum: [{mixture: [{task: needle-single, questions: 2}]}]", "curriculum[0].mixture[0].questions"),
        ("curriculum: [{mixture: [{task: cloze, texts: a, questions: 2}]}]", "curriculum[0].mixture[0].questions"),
        ("evaluation: {tasks: [{task: needle-single, world: wide}]}", "evaluation.tasks[0].world"),
        ("output: {metricsFile: ../m.jsonl}", "output.metricsFile"), ("tokenizer: \"\"", "tokenizer"),
    ])
    func valuesThatDoNotFitEachOtherAreRefused(yaml: String, path: String) {
        let failure = refusal(yaml)
        #expect(failure?.path == path)
        guard case .conflict = failure?.problem else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func goalsNameASetThatIsMeasured() throws {
        let evaluation = "evaluation: {people: [2], tasks: [{task: qa1, length: 512}], files: [{path: a/b.jsonl}]}"
        for set in ["2 people", "b.jsonl", "qa1, 512 tokens"] {
            _ = try TrainingConfiguration(
                yaml: "tokenizer: t\n\(evaluation)\ncurriculum: [{until: {set: '\(set)'}}]", file: "train.yaml",
                directory: URL(fileURLWithPath: "/runs/trial"))
        }
        let failure = refusal("tokenizer: t\n\(evaluation)\ncurriculum: [{}, {until: {set: qa1}}]")
        #expect(failure?.path == "curriculum[1].until.set")
        #expect(
            failure?.problem
                == .conflict(#"evaluation has no set "qa1"; its sets are "2 people", "b.jsonl", "qa1, 512 tokens""#))
    }

    @Test(arguments: ["a: [", "seed: 1\nseed: 2", "\tseed: 1", "a: *nothing"])
    func brokenYAMLIsRefused(yaml: String) {
        guard case .syntax(let detail) = refusal(yaml)?.problem else {
            Issue.record("\(yaml)")
            return
        }
        #expect(!detail.isEmpty)
    }

    @Test func missingFilesAreNamed() {
        let failure = #expect(throws: ConfigurationError.self) {
            try TrainingConfiguration(path: "/no/train.yaml")
        }
        #expect(failure?.description.hasPrefix("/no/train.yaml: cannot be read") == true)
    }
}
