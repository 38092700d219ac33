import Foundation
import Logging
import StrictJSON
import Synchronization

@testable import ServiceProtocol

/// A logger that keeps silent.
let quietLogger = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })

/// A handler over a fake service, with no directory allowed unless some are given.
func makeHandler(directories: [String] = [], fileByteLimit: Int = 1_000) throws -> MessageHandler {
    MessageHandler(
        service: FakeService(), files: try AllowedDirectories(directories, byteLimit: fileByteLimit),
        logger: quietLogger)
}

extension MessageHandler {
    /// The reply to a line of text; notifications are dropped.
    func reply(to line: String) -> JSONValue? {
        reply(to: Array(line.utf8)) { _ in }
    }

    /// The reply to a call with id 1.
    func call(_ method: String, _ parameters: JSONValue? = nil) -> JSONValue? {
        var members: [JSONValue.Member] = [
            .init("jsonrpc", "2.0"), .init("id", .integer(1)), .init("method", .string(method)),
        ]
        if let parameters { members.append(.init("params", parameters)) }
        return reply(to: JSONValue.object(members).description)
    }
}

extension JSONValue {
    /// The code of an error reply.
    var errorCode: Int? {
        guard case .integer(let code) = self["error"]?["code"] else { return nil }
        return code
    }
    /// The message of an error reply.
    var errorMessage: String { self["error"]?["message"]?.text ?? "" }
    /// The parameter that an error reply names.
    var errorParameter: String? { self["error"]?["data"]?["parameter"]?.text }
}

/// What a server writes when it reads `input` to its end.
func serve(_ input: [UInt8], maximumRequestBytes: Int = 100_000) throws -> [JSONValue] {
    let (inputPipe, outputPipe) = (Pipe(), Pipe())
    let server = Server(
        handler: try makeHandler(), maximumRequestBytes: maximumRequestBytes, logger: quietLogger)
    let failure = Mutex<(any Error)?>(nil)
    // Both ends of the pipes are in this process, so each end needs a thread of its own.
    Thread.detachNewThread {
        inputPipe.fileHandleForWriting.write(Data(input))
        try? inputPipe.fileHandleForWriting.close()
    }
    Thread.detachNewThread {
        do {
            try server.run(
                input: inputPipe.fileHandleForReading.fileDescriptor,
                output: outputPipe.fileHandleForWriting.fileDescriptor, stop: StopSignal())
        } catch {
            failure.withLock { $0 = error }
        }
        try? outputPipe.fileHandleForWriting.close()
    }
    let output = try outputPipe.fileHandleForReading.readToEnd() ?? Data()
    if let error = failure.withLock({ $0 }) { throw error }
    return try output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map {
        try JSONParser.parse(Array($0))
    }
}
