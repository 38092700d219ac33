import Foundation
import ServiceProtocol
import Testing

/// The built `perk-serve`, run over pipes.
final class ServeProcess {
    let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let log: String

    /// - Parameter log: the file that standard error goes to.
    init(_ arguments: [String], log: String) throws {
        // Products lie beside the program that runs the tests.
        process.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent()
            .appendingPathComponent("perk-serve")
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try Data().write(to: URL(fileURLWithPath: log))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        self.log = log
        try process.run()
    }

    /// What a process left behind.
    struct Outcome {
        let status: Int32
        let output: String
        let log: String
    }

    func send(_ line: String) throws { try send(Data("\(line)\n".utf8)) }

    func send(_ bytes: Data) throws { try input.fileHandleForWriting.write(contentsOf: bytes) }

    /// Waits for a first piece of output.
    func waitForOutput() {
        _ = output.fileHandleForReading.availableData
    }

    /// Ends the input and waits for the process; the output is what was not read before.
    func finish() throws -> Outcome {
        try input.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        return Outcome(
            status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self),
            log: try String(contentsOfFile: log, encoding: .utf8))
    }
}
