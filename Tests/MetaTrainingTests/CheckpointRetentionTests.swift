import Foundation
import MetaTrainingSupport
import Testing

@testable import MetaTraining

/// Which checkpoints stay, and what `best` says.
@Suite struct CheckpointRetentionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func newestAtIntervalsStayBesideTheBest() {
        let retention = CheckpointRetention(newest: 3, interval: 10)
        #expect(retention.kept(of: [10, 20, 30, 40], at: 40, best: nil) == [20, 30, 40])
        #expect(retention.kept(of: [10, 20, 30, 40], at: 40, best: 5) == [5, 20, 30, 40])
        #expect(retention.kept(of: [10, 20, 30, 40], at: 40, best: 30) == [20, 30, 40])
        // One that an interruption left, and one from an end that was given up.
        #expect(retention.kept(of: [10, 20, 30, 34, 40, 50], at: 40, best: nil) == [20, 30, 40])
        #expect(retention.kept(of: [10, 20, 30, 34], at: 34, best: nil) == [20, 30, 34])
        #expect(CheckpointRetention().kept(of: [1, 2], at: 2, best: nil) == [2])
    }

    @Test func bestIsComparedWithinAStage() {
        var state = TrainingState()
        func best(after accuracy: Double, step: Int, stage: Int) -> Int? {
            (state.step, state.stage) = (step, stage)
            state.record(accuracy: accuracy, loss: 1, by: .accuracy)
            return state.best?.step
        }
        #expect(best(after: 0, step: 10, stage: 0) == 10)
        #expect(best(after: 0.75, step: 20, stage: 0) == 20)
        #expect(best(after: 0.75, step: 30, stage: 0) == 20)
        #expect(best(after: 0.5, step: 40, stage: 0) == 20)
        #expect(best(after: 0.25, step: 50, stage: 1) == 50)
        #expect(state.best?.accuracy == 0.25 && state.best?.stage == 1)
    }

    /// The mean is over the configured numbers of people alone, and not taken from what ends a stage before the last.
    @Test func evaluationsAreNoted() throws {
        let evaluation = "{interval: 1, documents: 1, people: [1, 2]}"
        let changes = ["base": "{steps: 0}", "evaluation": evaluation]
        var run = try TrainingRun(TinyTraining.configuration(changes: changes), checkpoint: nil)
        var noted: [TrainingState.Best?] = []
        for accuracy in [0.25, 0.5, 1, 0.125, 0.25, 0.75] {
            _ = try run.takeStep()
            _ = run.advanceStage(evaluation: Evaluation(accuracy: [1: accuracy, 2: 0, 8: 1]))
            noted.append(run.state.best)
        }
        #expect(run.state.phase == .finished)
        #expect(noted.map(\.?.step) == [1, 2, 2, 4, 5, 6])
        #expect(noted.map(\.?.stage) == [0, 0, 0, 1, 1, 1])
        #expect(noted.map(\.?.accuracy) == [0.125, 0.25, 0.25, 0.0625, 0.125, 0.375])
    }

    /// The mean is over people, tasks and files alike, each set counting as much; or of their losses.
    @Test(arguments: [(EvaluationMetric.accuracy, [1, 1, 3]), (.loss, [1, 2, 2])])
    func everySetCounts(_ metric: EvaluationMetric, _ best: [Int]) throws {
        let rows = folder.path("rows.jsonl")
        let row = #"{"context": "Zoe lives in Oslo.", "question": "Who?", "answer": "Zoe"}"#
        try Data(row.utf8).write(to: URL(fileURLWithPath: rows))
        let sets = "people: [1], tasks: [{task: qa1, length: 120}], files: [{path: \(rows)}]"
        let changes = ["base": "{steps: 0}", "evaluation": "{interval: 1, metric: \(metric.rawValue), \(sets)}"]
        var configuration = try TinyTraining.configuration(changes: changes)
        configuration.curriculum[0].maximumSteps = 9
        var run = try TrainingRun(configuration)
        let names = run.configuration.evaluation.setNames
        #expect(names == ["1 people", "rows.jsonl", "qa1, 120 tokens"])
        var noted: [Int?] = []
        // Of people the second evaluation is the best.
        for (accuracies, loss) in [([0.5, 0.5, 0.5], 3.0), ([1, 0.25, 0], 1), ([0, 1, 0.75], 2)] {
            _ = try run.takeStep()
            var evaluation = Evaluation(sets: [:])
            for (name, accuracy) in zip(names, accuracies) {
                evaluation.sets[name] = .init(accuracy: accuracy, loss: loss, tokens: 1, questions: 4)
            }
            _ = run.advanceStage(evaluation: evaluation)
            noted.append(run.state.best?.step)
        }
        #expect(noted == best)
    }

    /// Writes the checkpoints of a run whose evaluations at `accuracies`' steps gave those; keeps two.
    private func write(steps: ClosedRange<Int>, accuracies: [Int: Double], in run: inout TrainingRun) throws {
        for step in steps {
            _ = try run.takeStep()
            _ = run.advanceStage(evaluation: accuracies[step].map { Evaluation(accuracy: [1: $0]) })
            try run.checkpoint.write(below: folder.path("run"), retention: CheckpointRetention(newest: 2))
        }
    }

    private func checkpoints() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path("run"))
            .filter { $0.hasPrefix("checkpoint-") }.sorted()
    }

    private func best() -> String? { try? String(contentsOfFile: folder.path("run/best"), encoding: .utf8) }

    @Test func bestStaysUntilThereIsABetterOne() throws {
        let configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        var run = try TrainingRun(configuration, checkpoint: nil)
        try write(steps: 1...1, accuracies: [:], in: &run)
        #expect(best() == nil)
        try write(steps: 2...2, accuracies: [2: 0.5], in: &run)
        #expect(try best() == "checkpoint-2" && checkpoints() == ["checkpoint-1", "checkpoint-2"])
        try write(steps: 3...4, accuracies: [:], in: &run)
        #expect(try best() == "checkpoint-2" && checkpoints() == ["checkpoint-2", "checkpoint-3", "checkpoint-4"])
        let early = run.checkpoint
        try write(steps: 5...6, accuracies: [5: 0.25], in: &run)
        #expect(try best() == "checkpoint-5" && checkpoints() == ["checkpoint-5", "checkpoint-6"])

        // Back to a checkpoint whose best is gone by now.
        try Data("checkpoint-3".utf8).write(to: URL(fileURLWithPath: folder.path("run/latest")))
        try early.write(below: folder.path("run"), retention: CheckpointRetention(newest: 2))
        #expect(try best() == nil && checkpoints() == ["checkpoint-4"])
    }

    /// What a process leaves behind that ends after `latest` was replaced and before `best` was.
    @Test func bestIsMendedWithTheNextCheckpoint() throws {
        let configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        var run = try TrainingRun(configuration, checkpoint: nil)
        try write(steps: 1...2, accuracies: [1: 0.25, 2: 0.5], in: &run)
        try Data("checkpoint-1".utf8).write(to: URL(fileURLWithPath: folder.path("run/best")))
        try Data("checkp".utf8).write(to: URL(fileURLWithPath: folder.path("run/.best.1")))
        let latest = try TrainingCheckpoint(latestBelow: folder.path("run"), base: { _ in .all })
        try latest?.write(below: folder.path("run"))
        #expect(try best() == "checkpoint-2" && checkpoints() == ["checkpoint-2"])
        #expect(!FileManager.default.fileExists(atPath: folder.path("run/.best.1")))
    }
}
