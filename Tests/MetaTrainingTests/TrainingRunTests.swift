import Foundation
import MetaTrainingSupport
import PERKModel
import Tensors
import Testing

@testable import MetaTraining

@Suite struct TrainingRunTests {
    /// What one step leaves behind, in a form that can be compared to the bit.
    private struct Record: Equatable {
        let state: TrainingState
        let loss: Double
        let innerLosses: [Double]?
        let gradientNorm: Double
        let rate: Double
        let evaluation: Evaluation?
    }

    /// Takes all steps that are left.
    private func finish(_ run: inout TrainingRun, each: (TrainingRun) throws -> Void = { _ in }) throws -> [Record] {
        var records: [Record] = []
        while run.state.phase != .finished {
            try each(run)
            let events = try run.train(steps: 1)
            let figures = try #require(events.steps.first)
            #expect(!figures.skipped && events.steps.count == 1)
            records.append(
                Record(
                    state: run.state, loss: figures.loss, innerLosses: figures.innerLosses,
                    gradientNorm: figures.gradientNorm, rate: figures.rate, evaluation: events.evaluations.last))
        }
        return records
    }

    @Test(arguments: [true, false])
    func resumedRunGivesTheNumbersOfAnUninterruptedOne(trainBase: Bool) throws {
        let folder = try TemporaryFolder()
        let configuration = try TinyTraining.configuration(
            changes: ["meta": "{tasksPerStep: 2, tasksPerPass: 1, warmUpSteps: 2, trainBase: \(trainBase)}"])
        var whole = try TrainingRun(configuration, checkpoint: nil)
        let records = try finish(&whole) { run in
            try run.checkpoint.write(below: folder.path("after-\(run.state.step)"))
        }
        #expect(records.count == TinyTraining.stepCount)
        #expect(records.map(\.state.phase).prefix(3) == [.base, .base, .meta])
        #expect(records.map { $0.innerLosses?.count } == [nil, nil, nil, 1, 1, 1, 2, 2, 2])
        try whole.checkpoint.write(below: folder.path("whole"))
        let files = try folder.files(below: "whole")
        #expect(files.keys.contains("checkpoint-9/optimizer.safetensors") && files.keys.count { $0 != "best" } == 9)

        for step in 0..<TinyTraining.stepCount {
            let checkpoint = try TrainingCheckpoint(
                latestBelow: folder.path("after-\(step)"), base: { _ in trainBase ? .all : .none })
            var resumed = try TrainingRun(configuration, checkpoint: checkpoint)
            #expect(try finish(&resumed) == Array(records[step...]), "resumed after step \(step)")
            try resumed.checkpoint.write(below: folder.path("resumed-\(step)"))
            #expect(try folder.files(below: "resumed-\(step)") == files, "resumed after step \(step)")
        }
    }

    @Test func numberOfThreadsDoesNotChangeTheNumbers() throws {
        var configuration = try TinyTraining.configuration()
        var one = try TrainingRun(configuration, checkpoint: nil)
        configuration.threads = 3
        var three = try TrainingRun(configuration, checkpoint: nil)
        #expect(try finish(&one) == finish(&three))
        #expect(try one.checkpoint.model.modelDigest() == three.checkpoint.model.modelDigest())
    }

    @Test func seedDecidesTheNumbers() throws {
        let losses = try [3, 3, 4].map { seed in
            var run = try TrainingRun(TinyTraining.configuration(changes: ["seed": "\(seed)"]), checkpoint: nil)
            return try run.train(steps: 1).steps[0].loss
        }
        #expect(losses[0] == losses[1] && losses[0] != losses[2])
    }

    @Test func baseTrainingLowersTheLoss() throws {
        let documents = "documents: {minimumPeople: 1, maximumPeople: 1, questionsPerDocument: 1}"
        var run = try TrainingRun(
            TinyTraining.configuration(
                changes: ["base": "{steps: 40, batch: 2, rate: 1e-2, warmUpSteps: 2, \(documents)}"]),
            checkpoint: nil)
        let losses = try run.train(steps: 40).steps.map(\.loss)
        #expect(abs(losses[0] - log(380)) < 0.5)
        #expect(losses.suffix(5).allSatisfy { $0 < losses[0] - 1 })
    }

    @Test func baseStaysAsItIsWhereOnlyTheAdapterIsTrained() throws {
        var run = try TrainingRun(
            TinyTraining.configuration(changes: [
                "base": "{steps: 0}", "meta": "{tasksPerStep: 1, warmUpSteps: 0, trainBase: false}",
            ]), checkpoint: nil)
        let before = run.checkpoint.model.learned
        try run.train(steps: 1)
        let after = run.checkpoint.model.learned
        #expect(after.baseParameters == before.baseParameters)
        #expect(zip(after.adapter.tensors, before.adapter.tensors).allSatisfy { $0 != $1 })
    }
}
