import Foundation
import MetaTrainingSupport
import Testing

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

    private func start(arguments: [String]) throws -> CommandProcess {
        try CommandProcess(["train", "train.yaml"] + arguments, in: folder)
    }

    private func run(_ arguments: String...) throws -> (status: Int32, log: String, output: String) {
        try start(arguments: arguments).finish()
    }

    /// Starts a run, and interrupts it once the metrics have so many lines.
    private func interruptedRun(atLine count: Int, _ arguments: String...) throws -> (status: Int32, lines: [Data]) {
        let process = try start(arguments: arguments).process
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

    #if !MPI
        @Test func severalRanksNeedMPI() throws {
            let run = try CommandProcess(
                ["train", "train.yaml", "--output", "run"], environment: ["OMPI_COMM_WORLD_SIZE": "2"], in: folder
            ).finish()
            #expect(run.status == 1)
            #expect(run.log.contains("error: started on 2 ranks, but built without MPI: build with"), "\(run.log)")
            #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
        }
    #endif

    /// The fourth step has so many tasks that it takes minutes. A shell reports this end as status 130.
    @Test func secondInterruptAbortsInTheMiddleOfAStep() throws {
        try write(TinyTraining.yaml(changes: ["meta": "{tasksPerStep: 65536}"]))
        let process = try start(arguments: []).process
        let deadline = ContinuousClock.now + .seconds(60)
        while process.isRunning, metrics(["", "run"]).count < 3, ContinuousClock.now < deadline { usleep(1000) }
        usleep(200_000)
        process.interrupt()
        usleep(200_000)
        #expect(process.isRunning)
        let second = ContinuousClock.now
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGINT)
        #expect(ContinuousClock.now - second < .seconds(5))
        #expect(try String(contentsOfFile: folder.path("run/latest"), encoding: .utf8) == "checkpoint-2")
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

    /// A finished run has nothing left to do, but is told the changed configuration all the same.
    @Test func settingsTakeThePlaceOfTheFilesValues() throws {
        let shorter = ["--set", "base.steps=0", "--set", "curriculum=[{maximumSteps: 2}]"]
        let first = try start(arguments: shorter + ["--set", "curriculum[0].maximumSteps=1"]).finish()
        #expect(first.status == 0, "\(first.log)")
        // The step, and the evaluation before it.
        #expect(metrics(["", "run"]).count == 2)
        #expect(try resolved().contains("maximumSteps: 1\n"))
        let refused = try run("--resume", "--set", "evaluation.intervall=7")
        #expect(refused.status == 1)
        #expect(refused.log.contains("--set evaluation.intervall=7: evaluation.intervall: unknown key"))
        #expect(try run("--resume", "--set", "evaluation.interval=7").status == 0)
        #expect(try resolved().contains("interval: 7\n"))
    }

    private func resolved() throws -> String {
        try String(contentsOfFile: folder.path("run/resolved.yaml"), encoding: .utf8)
    }

    /// What stays in force is told on standard error, and recorded.
    @Test func overruledSettingsAreTold() throws {
        #expect(try run("--set", "curriculum[1].maximumSteps=1").status == 0)
        let resumed = try run("--resume", "--set", "curriculum[1].maximumSteps=2", "--set", "adapter.rank=8")
        #expect(resumed.status == 0)
        let words = [
            "adapter.rank stays 2, though the configuration says 8", "the finished run trains on in stage two",
        ]
        for words in words { #expect(resumed.log.contains("perk-meta-train: \(words)"), "\(resumed.log)") }
        #expect(try resolved().contains("  rank: 2\n"))
        let finished = try run("--resume", "--set", "curriculum[1].maximumSteps=2")
        #expect(finished.status == 0 && finished.log.contains("the run is finished, at step 8"), "\(finished.log)")
    }

    @Test func helpSaysWhatTheBestCheckpointIs() throws {
        let help = try CommandProcess(["train", "--help"], in: folder).finish()
        let text = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(help.status == 0 && text.contains("mean accuracy over all sets of documents in evaluation"))
        #expect(text.contains("people, tasks and files") && text.contains("evaluation.metric"))
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
