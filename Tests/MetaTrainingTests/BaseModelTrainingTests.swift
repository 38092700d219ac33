import Foundation
import LanguageModel
import MetaTrainingSupport
import PERKModel
import Tensors
import Testing

@testable import MetaTraining

/// Meta-training around a model that somebody else trained.
@Suite struct BaseModelTrainingTests {
    private let folder: TemporaryFolder
    private let base: URL

    init() throws {
        folder = try TemporaryFolder()
        base = folder.url.appendingPathComponent("model.gguf")
        try FileManager.default.copyItem(
            at: TinyTraining.fixtures.appendingPathComponent("families/gguf-llama-q8_0/model.gguf"), to: base)
    }

    private func configuration(
        adapter: String = "{rank: 2, layers: top 1}", meta: String = "", text: String = "{}"
    ) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            yaml: """
                seed: 3
                threads: 1
                model: {path: model.gguf}
                adapter: \(adapter)
                weighter: {hiddenWidth: 4}
                inner: {steps: 2, initialRate: 1e-3}
                text: \(text)
                meta: {tasksPerStep: 2, tasksPerPass: 1, warmUpSteps: 1\(meta)}
                curriculum: [{maximumSteps: 4, documents: {maximumPeople: 2, factsPerEntity: 1, questionsPerDocument: 1}}]
                evaluation: {interval: 2, documents: 1, people: [1]}
                """, file: "train.yaml", directory: URL(fileURLWithPath: folder.url.path, isDirectory: true))
    }

    private func model(in name: String) throws -> AnsweringModel { try AnsweringModel(path: folder.path(name)) }

    @Test func theStartIsLearnedAndTheBaseStaysAsItIs() throws {
        var run = try TrainingRun(configuration(), checkpoint: nil)
        let before = run.checkpoint.model.learned
        #expect(run.state.phase == .meta && before.adapter.layout.layers == [1])
        let losses = try run.train(steps: 4).steps.map(\.loss)
        #expect(losses.allSatisfy { $0.isFinite })
        try run.checkpoint.model.write(to: folder.path("model"))
        #expect(
            try Data(contentsOf: base) == Data(contentsOf: URL(fileURLWithPath: folder.path("model/model.gguf"))))
        let read = try model(in: "model")
        #expect(read.isMetaTrained && read.learned.adapter.tensors != before.adapter.tensors)
        #expect(read.learned.adapter.tensors == run.checkpoint.model.learned.adapter.tensors)
        #expect(try read.modelDigest() == run.checkpoint.model.modelDigest())
    }

    /// The folder that the base was read from is removed by the second checkpoint after it.
    @Test func aResumedRunIsTheSameAsOneThatWentOn() throws {
        var whole = try TrainingRun(configuration(), checkpoint: nil)
        try whole.train(steps: 4)
        try whole.checkpoint.write(below: folder.path("whole"))
        var run = try TrainingRun(configuration(), checkpoint: nil)
        try run.train(steps: 1)
        try run.checkpoint.write(below: folder.path("run"))
        try FileManager.default.removeItem(at: base)
        let checkpoint = try #require(try TrainingCheckpoint(latestBelow: folder.path("run"), base: { _ in .none }))
        run = try TrainingRun(configuration(), checkpoint: checkpoint)
        for _ in 0..<3 {
            try run.train(steps: 1)
            try run.checkpoint.write(below: folder.path("run"))
        }
        #expect(try folder.files(below: "run/checkpoint-4") == folder.files(below: "whole/checkpoint-4"))
        // The base is not copied with every checkpoint, though the file and the checkpoint it was read from are gone.
        let copies = try ["whole", "run"].map { name in
            try FileManager.default.attributesOfItem(atPath: folder.path("\(name)/checkpoint-4/model.gguf"))
        }
        let number = try #require(copies[0][.systemFileNumber] as? Int)
        #expect(copies[1][.systemFileNumber] as? Int == number)
    }

    @Test func aTrainedBaseIsWrittenWithItsTokenizer() throws {
        var run = try TrainingRun(configuration(meta: ", trainBase: true"), checkpoint: nil)
        let before = run.checkpoint.model.learned.baseParameters
        try run.train(steps: 1)
        try run.checkpoint.model.write(to: folder.path("model"))
        let files = try folder.files(below: "model").keys.sorted()
        let expected = [
            "config.json", "meta.safetensors", "model.safetensors", "perk.json", "tokenizer.json",
            "tokenizer_config.json",
        ]
        #expect(files == expected)
        let read = try model(in: "model")
        #expect(read.learned.baseParameters == run.checkpoint.model.learned.baseParameters)
        #expect(read.learned.baseParameters != before)
        let text = "Zoe lives in Oslo. 12"
        #expect(try read.tokenizer.encode(text) == run.checkpoint.model.tokenizer.encode(text))
        #expect(read.tokenizer.eos == run.checkpoint.model.tokenizer.eos)
    }

    /// GPT-2 has learned as many positions as it has: the 32 of the fixture are too few for a question.
    @Test func sequencesBeyondLearnedPositionsAreRefused() throws {
        let gpt2 = TinyTraining.fixtures.appendingPathComponent("families/gguf-gpt2-f16/model.gguf")
        try FileManager.default.removeItem(at: base)
        try FileManager.default.copyItem(at: gpt2, to: base)
        var run = try TrainingRun(configuration(), checkpoint: nil)
        let error = #expect(throws: SequenceTooLong.self) { try run.train() }
        #expect(error?.limit == 32)
    }

    @Test func theTextFormatIsTheConfigurations() throws {
        let text = "{sentencesPerSegment: 2, maximumSegmentTokens: 60, prompt: 'Q {question} A'}"
        let run = try TrainingRun(configuration(text: text), checkpoint: nil)
        try run.checkpoint.model.write(to: folder.path("model"))
        let expected = TextFormat(sentencesPerSegment: 2, maximumSegmentTokens: 60, prompt: "Q {question} A")
        #expect(try model(in: "model").format == expected)
        // The fixture reads 64 tokens.
        #expect(throws: SequenceTooLong(tokens: 65, limit: 64)) {
            try TrainingRun(configuration(text: "{maximumSegmentTokens: 65}"), checkpoint: nil)
        }
    }

    /// PEFT's directory, or llama.cpp's file.
    @Test(arguments: ["adapter", "adapter/adapter.gguf"])
    func anAdapterIsTheStart(file: String) throws {
        let adapter = TinyTraining.fixtures.appendingPathComponent("families/gguf-llama-q8_0/\(file)").path
        let learned = try TrainingRun(configuration(adapter: "{path: \(adapter)}"), checkpoint: nil)
            .checkpoint.model.learned
        let expected = try Adapter<Tensor<Float>>(path: adapter, configuration: learned.configuration)
        #expect(learned.adapter.tensors == expected.tensors && learned.adapter.layout == expected.layout)
        #expect(learned.logRates.shape == [expected.tensors.count, 2])
        #expect(learned.logRates.scalars.allSatisfy { abs($0 - log(1e-3)) < 1e-5 })
    }

    @Test(arguments: [
        ("{layers: top 3}", "0..1"), ("{layers: 1..2}", "0..1"), ("{targets: [c_attn]}", "q_proj"),
        ("{path: nowhere}", "nowhere/adapter_config.json"),
    ])
    func adaptersThatTheModelHasNoPlaceForAreRefused(adapter: String, words: String) throws {
        let error = #expect(throws: (any Error).self) {
            try TrainingRun(configuration(adapter: adapter), checkpoint: nil)
        }
        #expect(error.map { "\($0)" }?.contains(words) == true)
    }
}
