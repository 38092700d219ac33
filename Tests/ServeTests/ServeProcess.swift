import Foundation
import JSONRPC
import StrictJSON
import Testing

/// The built `perk-serve`, run over pipes. One thread may read from it while another writes to it.
final class ServeProcess: @unchecked Sendable {
    let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var reader: LineReader
    private let log: String

    /// - Parameter log: the file that standard error goes to.
    init(_ arguments: [String], log: String) throws {
        reader = LineReader(
            descriptor: output.fileHandleForReading.fileDescriptor, byteLimit: .max, stop: StopSignal())
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

    /// The next message that the process writes.
    func message() throws -> JSONValue {
        guard case .bytes(let line) = try reader.next() else { throw EndOfOutput() }
        return try JSONParser.parse(line)
    }

    struct EndOfOutput: Error {}

    /// Sends a line and waits for a reply, passing over notifications.
    func reply(to line: String) throws -> JSONValue {
        try send(line)
        while true {
            let message = try message()
            if message["method"] == nil { return message }
        }
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

extension JSONValue {
    /// The code of an error reply.
    var errorCode: Int? {
        guard case .integer(let code) = self["error"]?["code"] else { return nil }
        return code
    }
}
