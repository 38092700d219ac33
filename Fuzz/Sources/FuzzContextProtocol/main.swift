import CLibFuzzer
import DocumentService
import Foundation
import JSONRPC
import Logging
import MCP
import PERKModel

/// Knows nothing and learns nothing.
private struct NoService: DocumentAnswering {
    private var unknown: QuestionAnsweringError { .unknownDocument("none") }

    func submit(_ request: SubmitRequest, progress: ProgressHandler?) async throws -> SubmittedDocument {
        throw unknown
    }
    func append(_ request: AppendRequest, progress: ProgressHandler?) async throws -> SubmittedDocument {
        throw unknown
    }
    func documents() async throws -> [DocumentSummary] { [] }
    func remove(document: String) async throws -> Bool { false }
    func setPinned(_ isPinned: Bool, document: String) async throws { throw unknown }
    func ask(_ request: AskRequest, progress: ProgressHandler?) -> AsyncThrowingStream<AnswerEvent, any Error> {
        AsyncThrowingStream { $0.finish(throwing: unknown) }
    }
    func refuseWaiting() {}
    func stop() {}
    func status() async throws -> ServiceStatus { throw unknown }
}

private let handler = MessageHandler(
    contextProtocolFor: NoService(), files: try AllowedDirectories([], byteLimit: 1_000), version: "0",
    logger: Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() }))

/// Serves a message: what is sent is JSON, on one line.
private func serveMessage(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let line = Array(UnsafeBufferPointer(start: start, count: count))
    let done = DispatchSemaphore(value: 0)
    Task {
        await handler.serve(line) { message in
            precondition(!message.contains(0x0A) && (try? JSONParser.parse(message)) != nil)
        }.value
        done.signal()
    }
    done.wait()
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, serveMessage))
