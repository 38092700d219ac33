import Foundation
import MetaTrainingSupport
import StrictConfiguration
import Testing

@testable import MetaTraining

/// A run of an earlier program is resumed, whatever of its state that program knew.
@Suite struct EarlierCheckpointTests {
    private let folder: TemporaryFolder
    private let run: String

    init() throws {
        folder = try TemporaryFolder()
        run = folder.path("run")
        try FileManager.default.copyItem(
            at: TinyTraining.fixtures.appending(path: "earlier-run"), to: URL(fileURLWithPath: run))
    }

    /// The keys that later programs added, in their order, and what stood there before each: as the first program wrote
    /// the state, with the best evaluation, with its loss, with the evaluations since it, with the rows drawn.
    private static let firstKeys = """
        "phase":"meta","phaseStep":2,"skippedInARow":0,"skippedSteps":0,"stage":0,"stageStep":2,"step":5,\
        "meanLoss":5.871438603103161
        """
    private static let states = [
        "{\(firstKeys)}",
        #"{\#(firstKeys),"best":{"accuracy":0,"stage":0,"step":5}}"#,
        #"{\#(firstKeys),"best":{"accuracy":0,"loss":5.893987814585367,"stage":0,"step":5},"evaluationsSinceBest":0}"#,
        nil,
    ]

    private func write(_ state: String) throws {
        try Data(state.utf8).write(to: URL(fileURLWithPath: "\(run)/checkpoint-5/state.json"))
    }

    private func session(_ settings: String..., report: ReportedLines = ReportedLines()) throws -> TrainingSession {
        let configuration = try TrainingConfiguration(
            path: "\(run)/resolved.yaml", settings: settings.map { try ConfigurationSetting($0) })
        return try TrainingSession(configuration, resuming: true) { report.append($0) }
    }

    @Test(arguments: states) func itComesToTheSameNumbers(_ state: String?) throws {
        if let state { try write(state) }
        let whole = try RecordedMetrics(path: "\(run)/metrics.jsonl", labels: [])
        let reports = ReportedLines()
        var session = try session(report: reports)
        try session.train()
        let resumed = try RecordedMetrics(path: "\(run)/metrics.jsonl", labels: [])
        #expect(reports.lines.isEmpty && resumed.steps.map(\.step) == Array(1...9))
        for (found, expected) in zip(resumed.steps, whole.steps) {
            #expect(found.phase == expected.phase && found.stage == expected.stage && found.tokens == expected.tokens)
            #expect(abs(found.loss / expected.loss - 1) < 1e-4 && found.rate == expected.rate)
            #expect(abs(found.gradientNorm / expected.gradientNorm - 1) < 1e-3)
        }
        #expect(resumed.evaluations.map(\.step) == whole.evaluations.map(\.step))
        #expect(session.run.state.phase == .finished && session.run.state.best?.step == 9)
    }

    /// An earlier program did not note how many steps the last stage took.
    @Test func aFinishedRunTakesFurtherStagesAlone() throws {
        try write(
            Self.firstKeys.replacing(#""phase":"meta""#, with: #"{"phase":"finished""#)
                .replacing(#""stage":0,"stageStep":2"#, with: #""stage":2,"stageStep":0"#) + "}")
        let reports = ReportedLines()
        do {
            var longer = try session("curriculum[1].maximumSteps=9", report: reports)
            #expect(try longer.train().steps.isEmpty)
        }
        #expect(reports.lines.count == 1 && reports.lines[0].hasPrefix("the run is finished"))
        let stages = "[{name: one}, {name: two}, {name: three, maximumSteps: 1, documents: {factsPerEntity: 1}}]"
        var further = try session("curriculum=\(stages)")
        #expect(try further.train().steps.map(\.stage) == ["three"])
    }
}
