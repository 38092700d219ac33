import Foundation
import MetaTrainingSupport
import Testing

@testable import MetaTraining

/// Runs that are killed, at a moment that nobody chose, and resumed.
@Suite struct KilledRunTests {
    private let folder: TemporaryFolder
    private let configuration: TrainingConfiguration

    /// How many runs are killed; PERK_TEST_KILLS sets another number.
    private static let killCount = ProcessInfo.processInfo.environment["PERK_TEST_KILLS"].flatMap { Int($0) } ?? 8

    /// Every step writes a checkpoint, so that much of the time is spent writing.
    init() throws {
        folder = try TemporaryFolder()
        let output = "{checkpointInterval: 1, keepLast: 2}"
        try Data(TinyTraining.yaml(changes: ["output": output]).utf8)
            .write(to: folder.url.appendingPathComponent("train.yaml"))
        configuration = try TrainingConfiguration(path: folder.path("train.yaml"))
    }

    private func start(_ output: String, _ arguments: String...) throws -> CommandProcess {
        try CommandProcess(["train", "train.yaml", "--output", output] + arguments, in: folder)
    }

    /// Everything that a run leaves, but for the file that states its directory.
    private func files(of output: String) throws -> [String: Data] {
        try folder.files(below: output).filter { $0.key != "resolved.yaml" }
    }

    /// The moments are spread over the start, every step with its checkpoint, and the end.
    @Test func killedAndResumedRunsEndAsAWholeOne() throws {
        let begin = ContinuousClock.now
        #expect(try start("whole").finish().status == 0)
        let stepDuration = (ContinuousClock.now - begin) / TinyTraining.stepCount
        let whole = try files(of: "whole")
        #expect(whole["latest"] == Data("checkpoint-9".utf8) && whole["best"] != nil)
        var stepsAtTheEnd: Set<Int?> = []
        for index in 0..<Self.killCount {
            let output = "killed-\(index)"
            let steps = index * (TinyTraining.stepCount + 1) / Self.killCount
            let delay = stepDuration * Double.random(in: 0..<1)
            let moment: Comment = "killed \(delay) after step \(steps)"
            let process = try start(output).process
            while process.isRunning, stepsInMetrics(of: output) < steps { usleep(500) }
            usleep(UInt32(delay / .microseconds(1)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()

            stepsAtTheEnd.insert(try stepOfWholeCheckpoints(in: output))
            let isBegun = FileManager.default.fileExists(atPath: folder.path("\(output)/latest"))
            let end = try isBegun ? start(output, "--resume").finish() : start(output).finish()
            #expect(end.status == 0, "\(end.log)")
            let found = try files(of: output)
            #expect(found.keys.sorted() == whole.keys.sorted(), moment)
            #expect(whole.filter { found[$0.key] != $0.value }.keys.isEmpty, moment)
        }
        // Otherwise no run was killed before its end.
        #expect(stepsAtTheEnd.count > 1, "\(stepsAtTheEnd)")
    }

    /// The steps that the metrics speak of; a step's evaluation has a line of its own.
    private func stepsInMetrics(of output: String) -> Int {
        let bytes = FileManager.default.contents(atPath: folder.path("\(output)/metrics.jsonl")) ?? Data()
        return bytes.split(separator: UInt8(ascii: "\n")).count { $0.range(of: Data("\"gradientNorm\"".utf8)) != nil }
    }

    /// Loads what `latest` and `best` name, if there are such files.
    ///
    /// - Returns: the step that the run goes on from; `nil` if it begins anew.
    private func stepOfWholeCheckpoints(in output: String) throws -> Int? {
        let latest = try TrainingCheckpoint(latestBelow: folder.path(output), base: { _ in .all })
        if let name = try? String(contentsOfFile: folder.path("\(output)/best"), encoding: .utf8) {
            try Data(name.utf8).write(to: folder.url.appendingPathComponent("latest"))
            try? FileManager.default.removeItem(atPath: folder.path(name))
            try FileManager.default.copyItem(atPath: folder.path("\(output)/\(name)"), toPath: folder.path(name))
            #expect(try TrainingCheckpoint(latestBelow: folder.url.path, base: { _ in .all }) != nil)
        }
        return latest?.state.step
    }
}
