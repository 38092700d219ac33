import FakeServices
import Foundation
import Logging
import StrictJSON
import Synchronization

@testable import JSONRPC

/// A logger that keeps silent.
let quietLogger = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })

/// A handler over a fake service, with no directory allowed unless some are given.
func makeHandler(
    _ service: FakeService = FakeService(), directories: [String] = [], fileByteLimit: Int = 1_000
) throws -> MessageHandler {
    MessageHandler(
        service: service, files: try AllowedDirectories(directories, byteLimit: fileByteLimit),
        logger: quietLogger)
}

func makeServer(
    _ service: FakeService = FakeService(), maximumRequestBytes: Int = 100_000, grace: TimeInterval = 30,
    unwrittenBytes: Int = 1 << 24
) throws -> Server {
    Server(
        service: service, handler: try makeHandler(service), maximumRequestBytes: maximumRequestBytes, grace: grace,
        unwrittenBytes: unwrittenBytes, logger: quietLogger)
}

/// Collects what is sent from any thread.
final class SentLines: Sendable {
    private let lines = Mutex<[[UInt8]]>([])

    var all: [[UInt8]] { lines.withLock { $0 } }

    @Sendable func send(_ line: [UInt8]) { lines.withLock { $0.append(line) } }
}

extension MessageHandler {
    /// What is sent on behalf of a line: notifications, and last the reply, if any.
    func messages(to line: [UInt8]) async throws -> [JSONValue] {
        let sent = SentLines()
        await serve(line, send: sent.send).value
        return try sent.all.map { try JSONParser.parse($0) }
    }

    /// The reply to a line of text; notifications are dropped.
    func reply(to line: String) async throws -> JSONValue? {
        try await messages(to: Array(line.utf8)).last { $0["method"] == nil }
    }

    /// The reply to a call with id 1.
    func call(_ method: String, _ parameters: JSONValue? = nil) async throws -> JSONValue? {
        try await JSONParser.parse(Array(line(answering: method, parameters).utf8))
    }

    /// The same as it is written.
    func line(answering method: String, _ parameters: JSONValue? = nil) async -> String {
        var members: [JSONValue.Member] = [
            .init("jsonrpc", "2.0"), .init("id", .integer(1)), .init("method", .string(method)),
        ]
        if let parameters { members.append(.init("params", parameters)) }
        let sent = SentLines()
        await serve(JSONValue.object(members).bytes, send: sent.send).value
        return String(decoding: sent.all.last ?? [], as: UTF8.self)
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

/// What `work` returns, which may wait for long: the threads of Swift's tasks are few, and the service needs them.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}

extension Server {
    /// Runs on a thread of its own, and closes the pipe that it writes to.
    func run(_ input: Pipe, _ output: Pipe, stop: StopSignal = StopSignal()) async throws {
        try await onThread {
            defer { try? output.fileHandleForWriting.close() }
            try run(
                input: input.fileHandleForReading.fileDescriptor,
                output: output.fileHandleForWriting.fileDescriptor, stop: stop)
        }
    }
}

/// The lines that come out of a pipe until it is closed.
func lines(of output: Pipe) async throws -> [JSONValue] {
    let bytes = try await onThread { try output.fileHandleForReading.readToEnd() ?? Data() }
    return try bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map {
        try JSONParser.parse(Array($0))
    }
}

/// What a server writes when it reads `input` to its end.
func serve(_ input: [UInt8], maximumRequestBytes: Int = 100_000) async throws -> [JSONValue] {
    let (inputPipe, outputPipe) = (Pipe(), Pipe())
    async let running: Void = makeServer(maximumRequestBytes: maximumRequestBytes).run(inputPipe, outputPipe)
    async let writing: Void = onThread {
        try inputPipe.fileHandleForWriting.write(contentsOf: Data(input))
        try inputPipe.fileHandleForWriting.close()
    }
    let lines = try await lines(of: outputPipe)
    try await writing
    try await running
    return lines
}
