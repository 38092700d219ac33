import BenchmarkData
import Foundation
import LanguageModel
import MetaTrainingSupport
import PERKModel
import Testing
import Tokenization

@testable import MetaTraining

/// Training an adapter to answer with the document in the prompt.
@Suite struct InContextTrainingTests {
    private let folder: TemporaryFolder
    private let tokenizer: SentencePieceTokenizer
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        let model = TinyTraining.fixtures.appendingPathComponent("tokenizer-test/test.model").path
        tokenizer = try SentencePieceTokenizer(path: model)
        path = folder.path("rows.jsonl")
        let rows = ["Zoe", "Omar", "Ivy"].map {
            #"{"context": "\#($0) lives in Oslo. Nobody sings.", "question": "Who lives in Oslo?", "answer": "\#($0)"}"#
        }
        try Data(rows.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    }

    private func configuration(_ changes: [String: String] = [:]) throws -> TrainingConfiguration {
        var changes = changes
        changes["base"] = "{steps: 0}"
        changes["meta"] = "{tasksPerStep: 2, tasksPerPass: 1, warmUpSteps: 2, rate: 1e-2}\nmethod: in-context"
        return try TinyTraining.configuration(in: folder.url, changes: changes)
    }

    private func examples(
        _ method: TrainingMethod, longestSequence: Int = 512, steps: Range<Int>
    ) throws -> [TrainingData.Example] {
        var data = TrainingData(
            seed: 1, tokenizer: tokenizer, format: TextFormat(), longestSequence: longestSequence, method: method,
            endsSegmentsInPrompt: false, files: [path: try RowFile(path: path)], report: { _ in })
        data.method = method
        var stage = CurriculumStage()
        var (rows, generated) = (MixturePart(), MixturePart())
        (rows.path, rows.weight, generated.weight) = (path, 2, 1)
        stage.mixture = [rows, generated]
        var drawn: [String: Int] = [:]
        return try steps.flatMap { try data.tasks(2, stage: stage, stageStep: $0, step: $0, drawn: &drawn) }
    }

    /// Both methods see the same documents, generated ones and those of files, and the same questions in the same order.
    @Test func theRowsAreThoseOfPERK() throws {
        let (learned, prompted) = (try examples(.perk, steps: 0..<5), try examples(.inContext, steps: 0..<5))
        #expect(learned.count == 10 && prompted.count == 10 && prompted.allSatisfy { !$0.isCut })
        for (document, prompt) in zip(learned, prompted) {
            #expect(prompt.task.segments.isEmpty && document.task.questions.count == prompt.task.questions.count)
            let text = try document.task.segments.map { try tokenizer.decode(Array($0.tokens.dropFirst().dropLast())) }
                .joined(separator: " ")
            for (alone, whole) in zip(document.task.questions, prompt.task.questions) {
                #expect(whole.tokens.suffix(alone.tokens.count - 1) == alone.tokens.dropFirst())
                #expect(whole.targetCount == alone.targetCount)
                let before = whole.tokens.dropFirst().dropLast(alone.tokens.count - 1)
                let found = try tokenizer.decode(Array(before)).split(whereSeparator: \.isWhitespace)
                #expect(found == text.split(whereSeparator: \.isWhitespace))
            }
        }
    }

    @Test func whatDoesNotFitIsCutAndCounted() throws {
        let whole = try examples(.inContext, steps: 0..<4)
        let limit = try #require(whole.flatMap(\.task.questions).map(\.tokens.count).max()) - 1
        let cut = try examples(.inContext, longestSequence: limit, steps: 0..<4)
        #expect(cut.contains { $0.isCut } && cut.contains { !$0.isCut })
        #expect(cut.flatMap(\.task.questions).allSatisfy { $0.tokens.count <= limit })
        #expect(cut.map(\.tokens) == whole.map(\.tokens))
    }

    @Test func theAdapterLearnsAndTheRunResumesToTheSameBytes() throws {
        let configuration = try configuration()
        var whole = try TrainingRun(configuration, checkpoint: nil)
        var losses: [Double] = []
        for count in [3, 3] {
            if whole.state.step == 3 { try whole.checkpoint.write(below: folder.path("middle")) }
            let steps = try whole.train(steps: count).steps
            #expect(steps.allSatisfy { $0.cutDocuments == 0 && $0.innerLosses == [] })
            losses += steps.map(\.loss)
        }
        #expect(losses.count == 6 && losses[5] < losses[0])
        let middle = try TrainingCheckpoint(latestBelow: folder.path("middle")) { _ in .none }
        var resumed = try TrainingRun(configuration, checkpoint: middle)
        try resumed.train()
        try whole.checkpoint.write(below: folder.path("whole"))
        try resumed.checkpoint.write(below: folder.path("resumed"))
        #expect(try folder.files(below: "whole") == folder.files(below: "resumed"))
        let model = try AnsweringModel(path: folder.path("whole/checkpoint-6"))
        #expect(model.method == .inContext && model.learned.logRates.shape[1] == 0)
    }

    @Test func aRunForAnotherMethodIsRefused() throws {
        let run = try TrainingRun(configuration(), checkpoint: nil)
        let perk = try TinyTraining.configuration(
            in: folder.url, changes: ["base": "{steps: 0}", "meta": "{tasksPerStep: 2, tasksPerPass: 1}"])
        #expect(throws: MethodConflict(model: .inContext, configuration: .perk)) {
            _ = try TrainingRun(perk, checkpoint: run.checkpoint)
        }
    }

    @Test func aRunEndsWhenItIsOutOfTime() throws {
        var configuration = try configuration()
        configuration.maximumSeconds = 1
        let start = try TrainingRun(configuration, checkpoint: nil).checkpoint
        var state = start.state
        state.seconds = 0.999_999
        var run = try TrainingRun(
            configuration,
            checkpoint: TrainingCheckpoint(
                model: start.model, optimizer: start.optimizer, outerMomentum: nil, state: state, base: start.base))
        let events = try run.train()
        #expect(events.stageEnds == ["the run is out of time in stage one"])
        #expect(run.state.phase == .finished && run.state.step == 1)
        configuration.maximumSeconds = nil
        var endless = try TrainingRun(configuration, checkpoint: nil)
        try endless.train(steps: 1)
        #expect(endless.state.seconds == nil && endless.state.phase == .meta)
    }
}
