import DataParallel
import DataParallelSupport
import Foundation
import MetaTrainingSupport
import Testing
import TestTimeLearning

@testable import MetaTraining

/// Runs that several ranks share, as threads of this process.
@Suite struct DataParallelRunTests {
    /// What a rank comes to.
    private struct Outcome {
        var losses: [Double] = []
        var evaluations: [Evaluation] = []
        let checkpoint: TrainingCheckpoint
    }

    /// Trains to the end, or so many steps, and settles.
    private static func train(
        _ changes: [String: String], ranks: any Communicator, from checkpoint: TrainingCheckpoint? = nil,
        pausingAfter pause: Int? = nil, steps: Int = .max
    ) throws -> Outcome {
        var run = try TrainingRun(
            TinyTraining.configuration(changes: changes), checkpoint: checkpoint, ranks: ranks)
        var losses: [Double] = [], evaluations: [Evaluation] = []
        for count in [pause.map { $0 - run.state.step } ?? 0, steps] where count > 0 {
            // A run settles where it is interrupted.
            let events = try run.train(steps: count)
            losses += events.steps.map(\.loss)
            evaluations += events.evaluations
        }
        return Outcome(losses: losses, evaluations: evaluations, checkpoint: run.checkpoint)
    }

    private static func parameters(_ outcome: Outcome) -> [[Float]] {
        outcome.checkpoint.model.learned.parameters(.meta(base: .all)).values.map(\.scalars)
    }

    /// AdamW's ε is large: near zero its step is so steep that rounding grows to 1e-3 within a few steps.
    private static let five = [
        "inner": "{steps: 2, microBatchTokens: 128, epsilon: 0.1}",
        "base": "{steps: 3, batch: 5, warmUpSteps: 2, documents: {maximumPeople: 3, questionsPerDocument: 1}}",
        "meta": "{tasksPerStep: 5, tasksPerPass: 2, warmUpSteps: 2, trainBase: true}",
        "evaluation": "{interval: 2, documents: 4, people: [1, 2]}",
    ]

    @Test(arguments: [2, 3]) func ranksTrainAsOneProcessDoes(_ count: Int) throws {
        let alone = try Self.train(Self.five, ranks: SingleProcess())
        let shared = try ThreadCommunicator.run(ranks: count) { try Self.train(Self.five, ranks: $0) }
            .map { try $0.get() }
        #expect(alone.losses.count == TinyTraining.stepCount && shared.count == count)
        for outcome in shared {
            #expect(outcome.losses.count == alone.losses.count)
            #expect(
                zip(outcome.losses, alone.losses).allSatisfy { abs($0 - $1) < 1e-4 },
                "\(zip(outcome.losses, alone.losses).map { $0 - $1 })")
            #expect(outcome.checkpoint.state.phase == .finished)
            #expect(outcome.evaluations.count == alone.evaluations.count)
            #expect(Self.parameters(outcome) == Self.parameters(shared[0]))
            #expect(outcome.checkpoint.outerMomentum == nil)
        }
    }

    /// Figures of documents are added up in their order, whoever measured them.
    @Test func evaluationsDoNotDependOnTheNumberOfRanks() throws {
        var changes = Self.five
        changes["evaluation"] = "{interval: 1, documents: 3, people: [1, 2]}"
        let configuration = try TinyTraining.configuration(changes: changes)
        let start = try Self.train(changes, ranks: SingleProcess(), steps: 5).checkpoint
        let alone = try TrainingRun(configuration, checkpoint: start).evaluate()
        #expect(alone.sets.values.allSatisfy { $0.loss > 0 && $0.questions == 6 })
        for result in ThreadCommunicator.run(
            ranks: 4,
            { ranks in
                try TrainingRun(configuration, checkpoint: start, ranks: ranks).evaluate()
            })
        {
            #expect(try result.get() == alone)
        }
    }

    private static let local = "{localSteps: 2, outerRate: 0.9, outerMomentum: 0.5}"

    @Test func ranksThatTakeStepsOfTheirOwnComeTogether() throws {
        let averaged = try Self.train(Self.five, ranks: SingleProcess())
        let yaml = Self.five.merging(["parallel": Self.local]) { $1 }
        let outcomes = try ThreadCommunicator.run(ranks: 2) { try Self.train(yaml, ranks: $0) }.map { try $0.get() }
        #expect(outcomes[0].losses.allSatisfy(\.isFinite) && outcomes[0].losses == outcomes[1].losses)
        #expect(outcomes[0].evaluations == outcomes[1].evaluations)
        #expect(Self.parameters(outcomes[0]) == Self.parameters(outcomes[1]))
        #expect(outcomes[0].checkpoint.optimizer.m == outcomes[1].checkpoint.optimizer.m)
        #expect(outcomes[0].checkpoint.optimizer.v == outcomes[1].checkpoint.optimizer.v)
        #expect(Self.parameters(outcomes[0]) != Self.parameters(averaged))
    }

    /// Paused in base training in the middle of a round, and in meta-training; through a file.
    @Test(arguments: [1, 4, 5]) func aSettledRunIsTakenUpAgain(_ pause: Int) throws {
        let yaml = Self.five.merging(["parallel": Self.local]) { $1 }
        let whole = try ThreadCommunicator.run(ranks: 2) {
            try Self.train(yaml, ranks: $0, pausingAfter: pause)
        }.map { try $0.get() }
        let begun = try ThreadCommunicator.run(ranks: 2) { try Self.train(yaml, ranks: $0, steps: pause) }[0].get()
        #expect(begun.checkpoint.outerMomentum?.values.isEmpty == false)
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("run"), withIntermediateDirectories: true)
        try begun.checkpoint.write(below: folder.path("run"))
        let path = folder.path("run")
        let resumed = try ThreadCommunicator.run(ranks: 2) { ranks in
            let checkpoint = try TrainingCheckpoint(latestBelow: path) { _ in .all }
            return try Self.train(yaml, ranks: ranks, from: checkpoint)
        }.map { try $0.get() }
        for rank in 0..<2 {
            #expect(begun.losses + resumed[rank].losses == whole[rank].losses)
            #expect(Self.parameters(resumed[rank]) == Self.parameters(whole[rank]))
        }
    }

    @Test func moreRanksThanTasksAreRefused() throws {
        let found = ThreadCommunicator.run(ranks: 6) { try Self.train(Self.five, ranks: $0) }
        for result in found {
            #expect(throws: TooManyRanks(ranks: 6, key: "meta.tasksPerStep", count: 5)) { try result.get() }
        }
        let alone = ThreadCommunicator.run(ranks: 3) { try Self.train(["base": "{steps: 1, batch: 2}"], ranks: $0) }
        #expect(throws: TooManyRanks.self) { try alone[0].get() }
    }
}
