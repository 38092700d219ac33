import Foundation
import Testing

@testable import MetaTrain

/// The command as a person runs it, in processes of its own.
@Suite struct TrainCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try write(TinyTraining.yaml())
    }

    private func write(_ yaml: String) throws {
        try Data(yaml.utf8).write(to: folder.url.appendingPathComponent("train.yaml"))
    }

    /// Starts `perk-meta-train train`, whose standard error goes to a file.
    private func start(arguments: [String]) throws -> Process {
        let process = Process()
        // Products lie beside the program that runs the tests.
        process.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent()
            .appendingPathComponent("perk-meta-train")
        process.arguments = ["train", "train.yaml"] + arguments
        process.currentDirectoryURL = folder.url
        let log = folder.path("log.txt")
        try Data().write(to: URL(fileURLWithPath: log))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try process.run()
        return process
    }

    private func run(_ arguments: String...) throws -> (status: Int32, log: String) {
        let process = try start(arguments: arguments)
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOfFile: folder.path("log.txt"), encoding: .utf8))
    }

    /// Starts a run, and interrupts it once the metrics have so many lines.
    private func interruptedRun(atLine count: Int, _ arguments: String...) throws -> (status: Int32, lines: [Data]) {
        let process = try start(arguments: arguments)
        let deadline = ContinuousClock.now + .seconds(60)
        while process.isRunning, metrics(arguments).count < count, ContinuousClock.now < deadline { usleep(1000) }
        process.interrupt()
        process.waitUntilExit()
        return (process.terminationStatus, metrics(arguments))
    }

    /// The lines of the metrics in the directory that the arguments name.
    private func metrics(_ arguments: [String]) -> [Data] {
        let bytes = FileManager.default.contents(atPath: folder.path("\(arguments[1])/metrics.jsonl")) ?? Data()
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    /// The last stage does not end by itself, so both runs are ended by their signals.
    @Test func interruptedAndResumedRunGivesTheMetricsOfAWholeOne() throws {
        try write(TinyTraining.yaml.replacing("name: two, maximumSteps: 3,", with: "name: two,"))
        let whole = try interruptedRun(atLine: 14, "--output", "whole")
        #expect(whole.status == 130 && whole.lines.count >= 14)
        let first = try interruptedRun(atLine: 2, "--output", "parts")
        #expect(first.status == 130)
        let second = try interruptedRun(atLine: first.lines.count + 12, "--output", "parts", "--resume")
        #expect(second.status == 130 && second.lines.count > first.lines.count)
        for (index, (part, whole)) in zip(second.lines, whole.lines).enumerated() {
            #expect(part == whole, "line \(index + 1)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("parts/model")))
    }

    @Test func runsAreNotWrittenOver() throws {
        try write(TinyTraining.yaml(changes: ["base": "{steps: 0}", "meta": "{tasksPerStep: 1}"]))
        #expect(try run().status == 0)
        let files = try folder.files(below: "run")
        let refused = try run()
        #expect(refused.status == 64 && refused.log.contains("--resume"))
        #expect(try folder.files(below: "run") == files)
        // A finished run has nothing left to do.
        #expect(try run("--resume").status == 0)
        #expect(try folder.files(below: "run") == files)
    }

    @Test func wrongInputIsNamed() throws {
        let nothing = try run("--resume")
        #expect(nothing.status == 64 && nothing.log.contains("no checkpoint in \(folder.path("run"))"))
        try write(TinyTraining.yaml(changes: ["seed": "1\nsteps: 4"]))
        let unknown = try run()
        #expect(unknown.status == 1 && unknown.log.contains("train.yaml") && unknown.log.contains("steps: unknown key"))
        try write(TinyTraining.yaml(changes: ["tokenizer": "missing.model"]))
        let missing = try run()
        #expect(missing.status == 1 && missing.log.contains(folder.path("missing.model")))
        #expect(!missing.log.contains("Fatal error"))
    }
}
