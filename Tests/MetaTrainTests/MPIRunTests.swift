#if MPI
    import Foundation
    import MetaTrainingSupport
    import Testing

    @testable import MetaTraining

    /// Runs on two processes, over MPI: see `make test-mpi`.
    @Suite(.serialized) struct MPIRunTests {
        private let folder: TemporaryFolder

        /// How many runs are killed; PERK_TEST_KILLS sets another number.
        private static let killCount = ProcessInfo.processInfo.environment["PERK_TEST_KILLS"].flatMap { Int($0) } ?? 20

        /// Every step writes a checkpoint, so that much of the time is spent writing.
        init() throws {
            folder = try TemporaryFolder()
            let changes = [
                "inner": "{steps: 2, microBatchTokens: 128, epsilon: 0.1}",
                "output": "{checkpointInterval: 1, keepLast: 2}",
            ]
            try Data(TinyTraining.yaml(changes: changes).utf8).write(
                to: folder.url.appendingPathComponent("train.yaml"))
        }

        private func start(ranks: Int = 2, _ output: String, _ arguments: String...) throws -> MPIProcess {
            try MPIProcess(ranks: ranks, ["train", "train.yaml", "--output", output] + arguments, in: folder)
        }

        /// Everything that a run leaves, but for the file that states its directory.
        private func files(of output: String) throws -> [String: Data] {
            try folder.files(below: output).filter { $0.key != "resolved.yaml" }
        }

        private func checkpoint(of output: String) throws -> TrainingCheckpoint? {
            try TrainingCheckpoint(latestBelow: folder.path(output)) { _ in .all }
        }

        /// The losses of the steps.
        private func losses(of output: String) throws -> [Double] {
            struct Line: Decodable {
                let loss: Double
                let gradientNorm: Double
            }
            return try files(of: output)["metrics.jsonl", default: Data()].split(separator: UInt8(ascii: "\n"))
                .compactMap { try? JSONDecoder().decode(Line.self, from: $0).loss }
        }

        /// Base training first with an inner step that is not steep; meta-training alone with AdamW's steep one, where no
        /// difference in rounding stays small.
        @Test(arguments: [(0.1, 3), (1e-6, 0)]) func twoProcessesTrainAsOneDoes(_ epsilon: Double, _ base: Int) throws {
            let settings = [
                "--set", "curriculum[1].maximumSteps=\(17 - base)", "--set", "inner.epsilon=\(epsilon)", "--set",
                "base.steps=\(base)",
            ]
            let alone = try CommandProcess(["train", "train.yaml", "--output", "one"] + settings, in: folder).finish()
            #expect(alone.status == 0)
            let end = try MPIProcess(
                ranks: 2, ["train", "train.yaml", "--output", "two"] + settings, in: folder
            ).finish()
            #expect(end.status == 0, "\(end.log)")
            let (one, two) = try (losses(of: "one"), losses(of: "two"))
            #expect(one.count == 20 && two.count == 20)
            #expect(zip(one, two).allSatisfy { abs($0 - $1) < 1e-4 })
            #expect(try files(of: "one").keys.sorted() == files(of: "two").keys.sorted())
            // One of them tells.
            #expect(end.log.components(separatedBy: "the model is in").count == 2, "\(end.log)")
        }

        @Test func moreRanksThanTasksAreRefused() throws {
            let end = try start(ranks: 3, "many").finish()
            #expect(end.status == 1)
            let message = "error: started on 3 ranks, but meta.tasksPerStep is 2"
            #expect(end.log.components(separatedBy: message).count == 2, "\(end.log)")
            #expect(try checkpoint(of: "many") == nil)
        }

        /// A failure that only the first rank meets ends the other one, too.
        @Test func aFailureOfOneRankEndsAll() throws {
            #expect(try start("run").finish().status == 0)
            let end = try start("run").finish()
            #expect(end.status == 64 && end.log.contains("holds a run already"), "\(end.status) \(end.log)")
        }

        /// A signal to one rank, or SIGUSR1 to what has started them, ends both after the same step, with a checkpoint
        /// that the run goes on from.
        @Test(arguments: [0, 1, nil]) func aSignalEndsAll(_ rank: Int?) throws {
            // The signal takes its time through mpirun, so the run does too.
            let longer = "curriculum[1].maximumSteps=30"
            #expect(try start("whole", "--set", longer).finish().status == 0)
            let run = try start("signalled", "--set", longer)
            while run.process.isRunning, stepsInMetrics(of: "signalled") < 2 { usleep(500) }
            let ranks = run.ranks
            try #require(ranks.count == 2)
            if let rank { kill(ranks[rank], SIGTERM) } else { kill(run.process.processIdentifier, SIGUSR1) }
            let end = try run.finish()
            #expect(end.status == 130 && end.log.contains("interrupted at step"), "\(end.status) \(end.log)")
            #expect(try start("signalled", "--resume", "--set", longer).finish().status == 0)
            let (whole, found) = try (files(of: "whole"), files(of: "signalled"))
            #expect(whole.filter { found[$0.key] != $0.value }.keys.isEmpty)
        }

        /// The moments are spread over the run; either rank is killed or, now and then, what has started them.
        @Test func killedAndResumedRunsEndAsAWholeOne() throws {
            #expect(try start("whole").finish().status == 0)
            let whole = try files(of: "whole")
            var stepsAtTheEnd: Set<Int?> = [], killed = 0, begun = 0
            while killed < Self.killCount {
                let output = "killed-\(begun)"
                let steps = killed * TinyTraining.stepCount / Self.killCount
                begun += 1
                let run = try start(output)
                while run.process.isRunning, run.ranks.count < 2 || stepsInMetrics(of: output) < steps { usleep(500) }
                usleep(.random(in: 0..<20_000))
                let ranks = run.ranks, killsStarter = killed % 7 == 6
                guard ranks.count == 2 else { continue }
                kill(killsStarter ? run.process.processIdentifier : ranks[killed % 2], SIGKILL)
                let end = try run.finish()
                // It may have been over by then.
                guard end.status != 0 else { continue }
                defer { killed += 1 }
                let moment: Comment =
                    "\(killsStarter ? "mpirun" : "rank \(killed % 2)") after step \(steps): \(end.log)"
                // None is left behind.
                let deadline = ContinuousClock.now + .seconds(30)
                while ranks.contains(where: isAlive), ContinuousClock.now < deadline { usleep(10_000) }
                #expect(!ranks.contains(where: isAlive), moment)

                let last = try checkpoint(of: output)
                stepsAtTheEnd.insert(last?.state.step)
                let resumed = try last == nil ? start(output).finish() : start(output, "--resume").finish()
                #expect(resumed.status == 0, "\(resumed.log)")
                let found = try files(of: output)
                #expect(found.keys.sorted() == whole.keys.sorted(), moment)
                #expect(whole.filter { found[$0.key] != $0.value }.keys.isEmpty, moment)
            }
            // Otherwise no run was killed before its end.
            #expect(stepsAtTheEnd.count > 3, "\(stepsAtTheEnd)")
        }

        /// Whether a process still works; one that nobody has asked about since its end has the state Z.
        private func isAlive(_ process: pid_t) -> Bool {
            let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            return status.map { !$0.contains(") Z ") } ?? false
        }

        /// The steps that the metrics speak of; a step's evaluation has a line of its own.
        private func stepsInMetrics(of output: String) -> Int {
            let bytes = FileManager.default.contents(atPath: folder.path("\(output)/metrics.jsonl")) ?? Data()
            return bytes.split(separator: UInt8(ascii: "\n")).count {
                $0.range(of: Data("\"gradientNorm\"".utf8)) != nil
            }
        }
    }
#endif
