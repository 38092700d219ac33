import BenchmarkData
import Foundation
import LanguageModel
import StrictConfiguration
import Testing

@testable import MetaTraining

/// What a configuration holds after reading, and how it is written out.
@Suite struct TrainingConfigurationTests {
    private func read(_ yaml: String) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            yaml: yaml, file: "train.yaml", directory: URL(fileURLWithPath: "/runs/trial", isDirectory: true))
    }

    @Test func onlyATokenizerIsNeeded() throws {
        var expected = TrainingConfiguration()
        expected.tokenizer = "/runs/trial/words.model"
        expected.output.directory = "/runs/trial/run"
        #expect(try read("tokenizer: words.model") == expected)
        #expect(try read("tokenizer: words.model\nadapter:\noutput: {}\ninner: ~\n") == expected)
    }

    static let everything = """
        seed: 7
        threads: 3
        arithmetic: bf16
        keptBytes: 1048576
        model: {width: 64, layers: 2, heads: 4, keyValueHeads: 2, intermediateWidth: 172, tiedEmbeddings: no,
                ropeTheta: 5e3, maximumPositions: 128}
        tokenizer: ../tokenizers/words.model
        adapter: {rank: 8, alpha: 16, rsLoRA: false, initialStandardDeviationOfB: 1e-3, targets: [q_proj, down_proj],
                  layers: top 1}
        weighter: {enabled: false, hiddenWidth: 64}
        inner: {optimizer: sgd, steps: 3, initialRate: 1, learnRates: false, beta1: 0.8, beta2: 0.99, epsilon: 1e-5,
                weightDecay: 0, truncatedSteps: 3, firstOrder: true, microBatchTokens: 64}
        text: {sentencesPerSegment: 3, maximumSegmentTokens: 100, prompt: "Q: {question} A:"}
        base: {documents: {maximumPeople: 5}, steps: 400, batch: 8, rate: 1e-3, warmUpSteps: 5,
               finalRateFraction: 0.2, weightDecay: 0.1, clipNorm: 2}
        meta: {tasksPerStep: 4, tasksPerPass: 2, rate: 5e-4, rateOfRates: 1e-2, weightDecay: 0.1, warmUpSteps: 5,
               finalRateFraction: 0.1, clipNorm: 0.30000000000000004, trainBase: true}
        curriculum:
          - name: bind
            until: {accuracy: 0.9, people: 4}
          - {name: more, documents: {minimumPeople: 4, maximumPeople: 8}, innerSteps: 2, rate: 1e-4, maximumSteps: 100,
             until: {set: 32 people}}
        evaluation: {interval: 10, documents: 3, people: [2, 32]}
        output: {directory: out, checkpointInterval: 20, keepLast: 3, metricsFile: m.jsonl, tensorBoard: true}
        """

    static let withoutTokenizer = everything.replacing("tokenizer: ../tokenizers/words.model\n", with: "")

    @Test func everyKeyIsRead() throws {
        let configuration = try read(Self.everything)
        var expected = TrainingConfiguration()
        expected.seed = 7
        expected.threads = 3
        expected.arithmetic = .bf16
        expected.keptBytes = 1_048_576
        expected.model.shape.width = 64
        expected.model.shape.layers = 2
        expected.model.shape.keyValueHeads = 2
        expected.model.shape.intermediateWidth = 172
        expected.model.shape.tiedEmbeddings = false
        expected.model.shape.ropeTheta = 5000
        expected.model.shape.maximumPositions = 128
        expected.tokenizer = "/runs/tokenizers/words.model"
        expected.adapter.shape.rank = 8
        expected.adapter.shape.alpha = 16
        expected.adapter.shape.rsLoRA = false
        expected.adapter.initialStandardDeviationOfB = 0.001
        expected.adapter.shape.targets = [.query, .down]
        expected.adapter.shape.layers = .top(1)
        expected.weighter.enabled = false
        expected.weighter.hiddenWidth = 64
        expected.inner.loop.optimizer = .sgd
        expected.inner.loop.steps = 3
        expected.inner.initialRate = 1
        expected.inner.learnRates = false
        expected.inner.loop.adamW.beta1 = 0.8
        expected.inner.loop.adamW.beta2 = 0.99
        expected.inner.loop.adamW.epsilon = 1e-5
        expected.inner.loop.adamW.weightDecay = 0
        expected.inner.loop.truncatedSteps = 3
        expected.inner.firstOrder = true
        expected.inner.loop.microBatchTokens = 64
        expected.text.sentencesPerSegment = 3
        expected.text.maximumSegmentTokens = 100
        expected.text.prompt = "Q: {question} A:"
        expected.base.documents.maximumPeople = 5
        expected.base.steps = 400
        expected.base.batch = 8
        expected.base.rate = 0.001
        expected.base.warmUpSteps = 5
        expected.base.finalRateFraction = 0.2
        expected.base.weightDecay = 0.1
        expected.base.clipNorm = 2
        expected.meta.tasksPerStep = 4
        expected.meta.tasksPerPass = 2
        expected.meta.rate = 0.0005
        expected.meta.rateOfRates = 0.01
        expected.meta.weightDecay = 0.1
        expected.meta.warmUpSteps = 5
        expected.meta.finalRateFraction = 0.1
        expected.meta.clipNorm = 0.1 + 0.2
        expected.meta.trainBase = true
        expected.evaluation.interval = 10
        expected.evaluation.documents = 3
        expected.evaluation.people = [2, 32]
        expected.output.directory = "/runs/trial/out"
        expected.output.checkpointInterval = 20
        expected.output.keepLast = 3
        expected.output.metricsFile = "m.jsonl"
        expected.output.tensorBoard = true
        var bind = CurriculumStage()
        bind.name = "bind"
        bind.until = StageGoal(accuracy: 0.9, people: 4)
        var more = CurriculumStage()
        more.name = "more"
        more.documents.minimumPeople = 4
        more.documents.maximumPeople = 8
        more.innerSteps = 2
        more.rate = 1e-4
        more.maximumSteps = 100
        more.until = StageGoal(set: "32 people")
        expected.curriculum = [bind, more]
        #expect(configuration == expected)
    }

    @Test(arguments: [
        everything, "tokenizer: t", "model: {path: /models/small}\ncurriculum: [{name: \"null\"}, {name: \"7\"}]",
    ])
    func resolvedYAMLIsReadBackTheSame(yaml: String) throws {
        let configuration = try read(yaml)
        let resolved = try configuration.resolvedYAML()
        let elsewhere = URL(fileURLWithPath: "/elsewhere", isDirectory: true)
        #expect(try TrainingConfiguration(yaml: resolved, file: "resolved.yaml", directory: elsewhere) == configuration)
        #expect(resolved.contains("initialStandardDeviationOfB: 0."))
    }

    @Test func resolvedYAMLStatesEveryKeyInOrder() throws {
        let lines = try read("model: {path: m}\nseed: 5").resolvedYAML().split(separator: "\n")
        #expect(lines.prefix(5).contains("seed: 5") && lines.contains("  path: /runs/trial/m"))
        let sections = lines.filter { !$0.hasPrefix(" ") && !$0.hasPrefix("-") }.map { $0.prefix { $0 != ":" } }
        #expect(
            sections == [
                "method", "seed", "threads", "model", "adapter", "weighter", "inner", "text", "base",
                "meta", "curriculum",
                "evaluation",
                "parallel",
                "output",
            ])
        #expect(lines.contains("  epsilon: 1e-06") && lines.contains("  rate: 0.0007"))
        #expect(!lines.contains("  width: 96"))
    }

    @Test func changedConfigurationsAreWrittenAsChanged() throws {
        var configuration = try read("tokenizer: t")
        configuration.curriculum.append(CurriculumStage())
        configuration.curriculum[1].until = StageGoal()
        configuration.adapter.shape.rank = 2
        #expect(try read(configuration.resolvedYAML()) == configuration)
        configuration.curriculum[1].innerSteps = 100
        #expect(throws: ConfigurationError.self) { try configuration.resolvedYAML() }
    }

    @Test func modelsBringTheirOwnTokenizer() throws {
        let configuration = try read("model: {path: ../models/small}")
        #expect(configuration.model.path == "/runs/models/small")
        #expect(configuration.tokenizer == nil)
    }

    /// Every setting has a key of its own: each is set to a number of its own and found again.
    @Test func allFactsSettingsCanBeSet() throws {
        let keys = FactsSettings.CodingKeys.allCases.map(\.stringValue)
        var values = Dictionary(uniqueKeysWithValues: zip(keys, 101...).map { ($0, "\($1)") })
        values.merge(["sharesAttributes": "true", "newNames": "0.375", "world": "wide"]) { $1 }
        for (index, kind) in ["Places", "Things", "Firms"].enumerated() {
            values["minimum\(kind)"] = "\(index + 1)"
            values["maximum\(kind)"] = "\(index + 5)"
        }
        for (index, share) in ["paragraphs", "compounds", "changes", "reversedQuestions", "unanswerable"].enumerated() {
            values[share] = "\(0.5 + Double(index) / 16)"
        }
        let yaml = values.map { "\($0): \($1)" }.joined(separator: ", ")
        let facts = try read("tokenizer: t\ncurriculum: [{documents: {\(yaml)}}]").curriculum[0].documents
        for property in Mirror(reflecting: facts).children {
            let name = try #require(property.label)
            #expect("\(property.value)" == values[name], "\(name)")
        }
    }

    @Test func shapesBecomeModelConfigurations() throws {
        let shape = try read(Self.everything).model.shape
        let model = try shape.modelConfiguration(vocabularySize: 142)
        #expect(model.headWidth == 16 && model.keyValueHeads == 2 && model.width == 64 && model.layers == 2)
        #expect(model.maximumPositions == 128 && model.ropeTheta == 5000 && !model.tiedEmbeddings)
    }

    @Test func allStandsForEveryTarget() throws {
        #expect(try read("tokenizer: t\nadapter: {targets: all}").adapter.shape.targets == LinearMap.allCases)
    }

    @Test func pathsAreRelativeToTheFile() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("train.yaml")
        try Data("tokenizer: words.model".utf8).write(to: file)
        let configuration = try TrainingConfiguration(path: file.path)
        #expect(configuration.tokenizer == folder.appendingPathComponent("words.model").path)
        #expect(configuration.output.directory == folder.appendingPathComponent("run").path)
    }
}
