#if MPI
    import Foundation
    import MetaTrainingSupport
    import Testing

    /// `perk-meta-train` on several ranks, as `mpirun` starts it; PERK_MPIRUN gives the words to call that with.
    struct MPIProcess {
        let process = Process()
        private let folder: TemporaryFolder

        /// Starts the program in `folder`, with its standard error in a file there.
        init(ranks: Int, _ arguments: [String], in folder: TemporaryFolder) throws {
            self.folder = folder
            let mpirun =
                ProcessInfo.processInfo.environment["PERK_MPIRUN"] ?? "mpirun --allow-run-as-root --oversubscribe"
            let program = try #require(Bundle.main.executableURL).deletingLastPathComponent()
                .appendingPathComponent("perk-meta-train").path
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                mpirun.split(separator: " ").map(String.init) + ["-n", "\(ranks)", program] + arguments
            process.currentDirectoryURL = folder.url
            let log = folder.url.appendingPathComponent("log.txt")
            try Data().write(to: log)
            process.standardError = try FileHandle(forWritingTo: log)
            process.standardOutput = FileHandle.nullDevice
            // A process starts with the signals blocked that are blocked in the thread that makes it.
            var unblocked = sigset_t(), before = sigset_t()
            sigemptyset(&unblocked)
            sigaddset(&unblocked, SIGUSR1)
            pthread_sigmask(SIG_UNBLOCK, &unblocked, &before)
            defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
            try process.run()
        }

        /// Waits for the end.
        func finish() throws -> (status: Int32, log: String) {
            process.waitUntilExit()
            return (process.terminationStatus, try String(contentsOfFile: folder.path("log.txt"), encoding: .utf8))
        }

        /// The ranks' processes, as long as they run: `mpirun` starts each of them itself, and what they are called is
        /// theirs.
        var ranks: [pid_t] {
            let parent = process.processIdentifier
            let children = try? String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
            return (children ?? "").split(separator: " ").compactMap { pid_t($0) }.filter { child in
                let name = try? String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8)
                return name?.hasPrefix("perk-meta-train") ?? false
            }
        }
    }
#endif
