import Foundation
import MetaTrainingSupport
import PERKModel
import StrictConfiguration
import Testing

@testable import MetaTraining

/// Runs that are resumed with another configuration than they began with, and what their record says of it.
@Suite struct ResumedRunTests {
    private let folder: TemporaryFolder
    private let reports = ReportedLines()

    init() throws { folder = try TemporaryFolder() }

    private func session(
        resuming: Bool, _ changes: [String: String] = [:], settings: String...
    ) throws -> TrainingSession {
        var changes = changes
        changes["output"] = "{directory: run, checkpointInterval: 2}"
        let configuration = try TrainingConfiguration(
            yaml: TinyTraining.yaml(changes: changes), file: "train.yaml",
            directory: URL(fileURLWithPath: folder.url.path, isDirectory: true),
            settings: settings.map { try ConfigurationSetting($0) })
        return try TrainingSession(configuration, resuming: resuming) { [reports] in reports.append($0) }
    }

    private func recorded() throws -> TrainingConfiguration {
        try TrainingConfiguration(path: folder.path("run/resolved.yaml"))
    }

    private func model() throws -> AnsweringModel { try AnsweringModel(path: folder.path("run/model")) }

    // MARK: - Other settings

    @Test func whatTheModelWasMadeByStaysInForce() throws {
        try session(resuming: false).trained(steps: 4)
        let begun = try recorded()
        try session(
            resuming: true, settings: "adapter.rank=8", "adapter.targets=[q_proj]", "inner.epsilon=1e-3",
            "weighter.enabled=false", "text.sentencesPerSegment=3", "model.width=32", "base.rate=1e-4"
        ).trained()
        let all = begun.adapter.shape.targets.map(\.shortName).joined(separator: ", ")
        let expected = [
            "model.width stays 16, though the configuration says 32",
            "adapter.rank stays 2, though the configuration says 8",
            "adapter.targets stays [\(all)], though the configuration says [q_proj]",
            "weighter.enabled stays true, though the configuration says false",
            "inner.epsilon stays 1e-06, though the configuration says 0.001",
            "text.sentencesPerSegment stays 1, though the configuration says 3",
            "base.rate stays 0.002, though the configuration says 0.0001",
        ]
        #expect(reports.lines == expected.map { "\($0): it was fixed when the run began" })
        let (found, model) = try (recorded(), model())
        #expect(found == begun)
        #expect(found.adapter.shape.rank == model.learned.adapter.layout.rank && found.inner.loop.adamW.epsilon == 1e-6)
        #expect(found.weighter.enabled == (model.learned.weighter != nil))
    }

    @Test func whatMayChangeIsInForceAndRecorded() throws {
        try session(resuming: false).trained(steps: 4)
        try session(
            resuming: true, settings: "evaluation.interval=7", "meta.rate=1e-5", "inner.learnRates=false",
            "inner.steps=3"
        ).trained()
        #expect(reports.lines.isEmpty)
        let found = try recorded()
        #expect(found.evaluation.interval == 7 && found.meta.rate == 1e-5 && !found.inner.learnRates)
        #expect(try found.inner.loop.steps == 3 && model().learned.innerLoop.steps == 3)
    }

    /// A stage that was begun with other inner steps takes those that are stated now.
    @Test func innerStepsChangeWithinAStage() throws {
        try session(resuming: false).trained(steps: 4)
        let events = try session(resuming: true, settings: "curriculum[0].innerSteps=2").trained(steps: 1)
        #expect(events.steps.map(\.innerLosses?.count) == [2])
    }

    @Test func baseTrainingMayChangeWhileItLasts() throws {
        try session(resuming: false).trained(steps: 2)
        let events = try session(resuming: true, settings: "base.steps=4", "base.rate=1e-4").trained(steps: 3)
        #expect(events.steps.map(\.phase) == [.base, .base, .meta] && reports.lines.isEmpty)
        #expect(try recorded().base.steps == 4 && recorded().base.rate == 1e-4)
    }

    /// A meta-trained model brings its own adapter, weighter, inner loop and text format, whatever was asked for.
    @Test func whatAMetaTrainedModelBringsIsRecorded() throws {
        let path = TinyTraining.fixtures.appending(path: "default-model").path
        let configuration = try TrainingConfiguration(
            yaml: """
                model: {path: \(path)}
                weighter: {hiddenWidth: 32, nonlinearity: exp}
                adapter: {rank: 4}
                inner: {epsilon: 1e-3, steps: 3}
                output: {directory: run}
                """, file: "train.yaml", directory: URL(fileURLWithPath: folder.url.path, isDirectory: true))
        let session = try TrainingSession(configuration, resuming: false)
        let (found, own) = try (recorded(), session.run.checkpoint.model.configuration)
        #expect(found.weighter == own.weighter && found.weighter.hiddenWidth == 64)
        #expect(found.adapter.shape == own.adapter && found.adapter.shape.rank == 16)
        #expect(found.inner.loop.adamW == own.inner.adamW && found.inner.loop.steps == 3 && found.text == own.text)
    }

    // MARK: - Extended runs

    @Test func aFinishedRunSaysSo() throws {
        try session(resuming: false).trained()
        let metrics = try folder.files(below: "run")["metrics.jsonl"]
        let events = try session(resuming: true).trained()
        #expect(events.steps.isEmpty && events.evaluations.isEmpty)
        guard case .finished? = events.last else {
            Issue.record("the run did not finish")
            return
        }
        #expect(
            reports.lines.count == 1 && reports.lines[0].hasPrefix("the run is finished, at step 9: a further stage"))
        #expect(try folder.files(below: "run")["metrics.jsonl"] == metrics)
    }

    /// As many steps in all as a run that had them from the beginning, but for the rate's way down.
    @Test func moreStepsForTheLastStageAreTaken() throws {
        try session(resuming: false).trained()
        let events = try session(resuming: true, settings: "curriculum[1].maximumSteps=5").trained()
        #expect(events.steps.map(\.stage) == ["two", "two"])
        #expect(events.stageEnds == ["stage two is out of steps, and with it the run"])
        #expect(reports.lines == ["the finished run trains on in stage two"])
        let last = try #require(try TrainingCheckpoint(latestBelow: folder.path("run")) { _ in .all })
        #expect(last.state.step == 11 && last.state.phase == .finished && last.state.lastStageSteps == 5)
        #expect(try model().modelDigest() == last.model.modelDigest())
    }

    @Test func aFurtherStageIsTrained() throws {
        try session(resuming: false).trained()
        let third = "{name: three, maximumSteps: 2, innerSteps: 3, documents: {factsPerEntity: 1}}"
        let yaml = TinyTraining.yaml().split(separator: "\n").filter { $0.hasPrefix("  - ") }
        let curriculum = "[" + (yaml.map { $0.dropFirst(4) } + [third[...]]).joined(separator: ", ") + "]"
        let events = try session(
            resuming: true, settings: "curriculum=\(curriculum)", "inner.steps=3"
        ).trained()
        #expect(events.steps.map(\.stage) == ["three", "three"])
        #expect(events.steps.map(\.innerLosses?.count) == [3, 3])
        #expect(reports.lines == ["the finished run trains on in stage three"])
    }

    /// A stage that met its goal does not want for steps.
    @Test func aRunThatMetItsGoalStaysFinished() throws {
        let goal = "curriculum[1].until={accuracy: 0, people: 1}"
        let first = try session(resuming: false, settings: goal).trained()
        #expect(first.stageEnds.last == "stage two has met its goal, and with it the run")
        let events = try session(resuming: true, settings: goal, "curriculum[1].maximumSteps=50").trained()
        #expect(events.steps.isEmpty && reports.lines.count == 1)
    }

    @Test func moreTimeIsUsed() throws {
        let stages = "curriculum[1].maximumSteps=4"
        try session(resuming: false, settings: stages, "maximumSeconds=1").trained(steps: 5)
        let path = folder.path("run/checkpoint-5/state.json")
        var state = try JSONDecoder().decode(TrainingState.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        state.seconds = 1
        try JSONEncoder().encode(state).write(to: URL(fileURLWithPath: path))
        let limited = try session(resuming: true, settings: stages, "maximumSeconds=1").trained()
        #expect(limited.stageEnds == ["the run is out of time in stage one"])
        #expect(try session(resuming: true, settings: stages, "maximumSeconds=1").trained().steps.isEmpty)
        let events = try session(resuming: true, settings: stages, "maximumSeconds=100").trained()
        #expect(events.steps.count == 4 && events.stageEnds.last == "stage two is out of steps, and with it the run")
    }
}

extension TrainingSession {
    /// Trains to the end, or so many steps, and leaves the directory.
    @discardableResult fileprivate consuming func trained(steps: Int = .max) throws -> [TrainingEvent] {
        var session = self
        return try session.train(steps: steps)
    }
}
