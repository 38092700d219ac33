import Foundation

/// `perk-meta-train` as a person runs it, in a process of its own.
package struct CommandProcess {
    package let process = Process()
    private let folder: TemporaryFolder

    /// Starts the program in `folder`, with its standard error and output in files there.
    package init(_ arguments: [String], environment: [String: String] = [:], in folder: TemporaryFolder) throws {
        self.folder = folder
        // Products lie beside the program that runs the tests.
        process.executableURL = Bundle.main.executableURL?.deletingLastPathComponent()
            .appendingPathComponent("perk-meta-train")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder.url
        process.standardError = try Self.emptyFile(folder.path("log.txt"))
        process.standardOutput = try Self.emptyFile(folder.path("output.txt"))
        try process.run()
    }

    private static func emptyFile(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// Waits for the end.
    package func finish() throws -> (status: Int32, log: String, output: String) {
        process.waitUntilExit()
        let texts = try ["log.txt", "output.txt"].map { try String(contentsOfFile: folder.path($0), encoding: .utf8) }
        return (process.terminationStatus, texts[0], texts[1])
    }
}
