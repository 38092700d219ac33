import Foundation
import MetaTrainingSupport
import PERKModel
import Testing

@testable import MetaTraining

/// `calibrate` as a person runs it, on a copy of the default model.
@Suite struct CalibrateCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let source = TinyTraining.fixtures.appending(path: "default-model")
        try FileManager.default.createDirectory(atPath: folder.path("model"), withIntermediateDirectories: true)
        for name in ["config.json", "model.safetensors", "tokenizer.model", "perk.json", "meta.safetensors"] {
            try FileManager.default.copyItem(
                at: source.appending(path: name), to: folder.url.appending(path: "model/\(name)"))
        }
    }

    private func run(_ arguments: String...) throws -> (status: Int32, log: String, output: String) {
        try CommandProcess(["calibrate"] + arguments, in: folder).finish()
    }

    private func write(_ rows: [(name: String, city: String)], to name: String) throws {
        let lines = rows.map {
            #"{"context": "\#($0.name) lives in \#($0.city).", "question": "Where does \#($0.name) live?", "#
                + #""answer": "\#($0.city)"}"#
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.url.appending(path: name))
    }

    @Test func rowsOfAFileCalibrateAModel() throws {
        let digest = try AnsweringModel(path: folder.path("model")).modelDigest()
        try write(
            [("Hannah", "Oslo"), ("Oscar", "Dublin"), ("Zoe", "Rome"), ("Ben", "Paris"), ("Ruth", "Lima")],
            to: "rows.jsonl")
        let result = try run(
            "model", "--file", "rows.jsonl", "--documents", "3", "--check", "2", "--absent", "0.5",
            "--signals", "mean_log_probability,least_question_gain")
        #expect(result.status == 0, "\(result.log)")
        // Three answers about what is said and, from the second document on, two about somebody else.
        #expect(result.output.contains("fitted to 5 answers about 3 documents, 2 of them about what these do not say"))
        #expect(result.output.contains("checked on 4 answers about 2 documents"))
        #expect(result.output.contains("before, the mean token's"))
        #expect(result.output.contains("written to model/perk.json"))
        let model = try AnsweringModel(path: folder.path("model"))
        let calibration = try #require(model.calibration)
        #expect(calibration.signals == [.meanLogProbability, .leastQuestionGain])
        #expect(calibration.answers == 5 && calibration.documents == 3)
        #expect(try model.limits != nil && model.modelDigest() == digest)
    }

    @Test func gapsAreMadeInTheTextsOfTheStage() throws {
        let text = (1...30).map { "Person \($0) walked to town \($0) with a red dog." }.joined(separator: " ")
        try Data(text.utf8).write(to: folder.url.appending(path: "text.txt"))
        let mixture = "[{task: cloze, texts: \(folder.path("text.txt")), length: 200, clozes: 3}]"
        let configuration = try TrainingConfiguration(
            yaml: "tokenizer: t\ncurriculum: [{mixture: \(mixture)}]", file: "train.yaml", directory: folder.url)
        let model = try AnsweringModel(path: folder.path("model"))
        var documents = try CalibrationDocuments(configuration, for: model, seed: 1)
        for _ in 0..<3 {
            let (row, metric) = try documents.next()
            #expect(row.questions.count == 3 && row.fields.task == "cloze" && metric == .exactMatch)
        }
    }

    @Test func documentsAreDrawnAsTheLastStageHasThem() throws {
        let yaml = """
            tokenizer: \(TinyTraining.fixtures.path)/default-model/tokenizer.model
            curriculum:
              - {name: one, documents: {maximumPeople: 9}}
              - name: two
                maximumSteps: 8
                documents: {minimumPeople: 3, maximumPeople: 3, factsPerEntity: 1, questionsPerDocument: 2}
                growth: {steps: 4, documents: {minimumPeople: 2, maximumPeople: 2}}
            """
        try Data(yaml.utf8).write(to: folder.url.appending(path: "train.yaml"))
        let result = try run("model", "--config", "train.yaml", "--documents", "6", "--check", "0")
        #expect(result.status == 0, "\(result.log)")
        #expect(result.output.contains("about 6 documents") && !result.output.contains("checked on"))
        let limits = try #require(try AnsweringModel(path: folder.path("model")).limits)
        // Two sentences of a fact each, with their beginnings and ends.
        #expect(limits.tokens < 60 && limits.tokens > 10)
    }

    @Test(arguments: [
        (["model"], 64, "by --config or by --file"),
        (["model", "--config", "a.yaml", "--file", "b.jsonl"], 64, "by --config or by --file"),
        (["model", "--file", "rows.jsonl", "--documents", "0"], 64, "--documents is 0"),
        (["model", "--file", "rows.jsonl", "--absent", "1"], 64, "--absent is 1.0"),
        (["model", "--file", "rows.jsonl", "--signals", "mood"], 64, "--signals"),
        (["model", "--file", "rows.jsonl", "--set", "seed=2"], 64, "--set changes a configuration"),
        (["model", "--config", "a.yaml", "--format", "plain"], 64, "--format is for"),
        ([".", "--file", "rows.jsonl"], 64, "no meta-trained model"),
        (
            ["model", "--file", "rows.jsonl"], 1,
            "rows.jsonl has 2 documents, and 700 are wanted: want fewer, or give more (--documents and --check)"
        ),
        (["model", "--file", "none.jsonl"], 1, "none.jsonl"),
        (["model", "--config", "none.yaml"], 1, "none.yaml"),
        (["model", "--config", "rows.yaml"], 1, "stage facts takes rows of"),
        (
            ["model", "--file", "rows.jsonl", "--documents", "2", "--check", "0", "--absent", "0"], 1,
            "2 of 2 answers are right"
        ),
    ])
    func wrongUsesAreNamed(arguments: [String], status: Int32, words: String) throws {
        try write([("Hannah", "Oslo"), ("Oscar", "Dublin")], to: "rows.jsonl")
        let yaml = """
            tokenizer: \(TinyTraining.fixtures.path)/default-model/tokenizer.model
            curriculum: [{mixture: [{path: rows.jsonl}]}]
            """
        try Data(yaml.utf8).write(to: folder.url.appending(path: "rows.yaml"))
        let before = try Data(contentsOf: folder.url.appending(path: "model/perk.json"))
        let result = try CommandProcess(["calibrate"] + arguments, in: folder).finish()
        #expect(result.status == status && result.log.contains(words), "\(result.log)")
        #expect(try Data(contentsOf: folder.url.appending(path: "model/perk.json")) == before)
    }

    /// What training makes of a calibrated model is not calibrated.
    @Test func trainingForgetsTheCalibration() throws {
        let path = folder.path("model")
        try AnsweringModel.calibrate(
            directory: path, Calibration(bias: 0, weights: [.firstMargin: 1], documents: 1, answers: 2),
            DocumentLimits(tokens: [9], baseLosses: [1]))
        let configuration = try TrainingConfiguration(
            yaml: "model: {path: \(path)}\ncurriculum: [{maximumSteps: 1}]", file: "train.yaml",
            directory: folder.url)
        let run = try TrainingRun(configuration, checkpoint: nil)
        #expect(run.checkpoint.model.calibration == nil && run.checkpoint.model.limits == nil)
    }
}
