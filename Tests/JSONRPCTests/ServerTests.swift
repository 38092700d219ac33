import Foundation
import StrictJSON
import Testing

@testable import ServiceProtocol

@Suite struct ServerTests {
    private let status = #"{"jsonrpc":"2.0","id":1,"method":"server/status"}"#

    private func serve(_ text: String, maximumRequestBytes: Int = 100_000) throws -> [JSONValue] {
        try ServiceProtocolTests.serve(Array(text.utf8), maximumRequestBytes: maximumRequestBytes)
    }

    @Test func repliesComeInTheOrderOfTheRequests() throws {
        let requests = (0..<500).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"documents/list"}"# }
        let replies = try serve(requests.joined(separator: "\n") + "\n")
        #expect(replies.map { $0["id"] } == (0..<500).map { .integer($0) })
    }

    @Test func blankLinesAndLineEndsDoNotMatter() throws {
        #expect(try serve("\n \t\n\r\n").isEmpty)
        #expect(try serve("\(status)\r\n\n\(status)").count == 2)
    }

    @Test func aLineOverTheLimitIsRefusedAlone() throws {
        let long = String(repeating: "x", count: 200_000)
        let replies = try serve("\(status)\n\(long)\n\(status)\n\(long)", maximumRequestBytes: 1_000)
        #expect(replies.map(\.errorCode) == [nil, -32002, nil, -32002])
        #expect(replies[1]["id"] == .null)
        #expect(replies[1].errorMessage.contains("the limit of this service"))
        #expect(try serve(status, maximumRequestBytes: status.utf8.count)[0].errorCode == nil)
        #expect(try serve(status, maximumRequestBytes: status.utf8.count - 1)[0].errorCode == -32002)
    }

    @Test func progressComesBeforeItsReply() throws {
        let submit = #"{"jsonrpc":"2.0","id":"a","method":"documents/submit","params":{"text":"Zoe lives in Oslo."}}"#
        let lines = try serve("\(submit)\n\(submit)\n")
        #expect(lines.count == 3)
        #expect(
            lines[0].description == #"{"jsonrpc":"2.0","method":"notifications/progress","#
                + #""params":{"id":"a","step":1,"steps":1,"segment":1,"segments":1}}"#)
        #expect(lines[1]["result"]?["cached"] == .boolean(false))
        #expect(lines[2]["result"]?["cached"] == .boolean(true))
    }

    @Test func aClosedOutputIsABrokenPipe() throws {
        signal(SIGPIPE, SIG_IGN)
        let (input, output) = (Pipe(), Pipe())
        input.fileHandleForWriting.write(Data("\(status)\n".utf8))
        try output.fileHandleForReading.close()
        let server = Server(handler: try makeHandler(), maximumRequestBytes: 1_000, logger: quietLogger)
        let error = try #require(throws: DescriptorError.self) {
            try server.run(
                input: input.fileHandleForReading.fileDescriptor,
                output: output.fileHandleForWriting.fileDescriptor, stop: StopSignal())
        }
        #expect(error.isBrokenPipe)
    }

    @Test func theRunningRequestIsAnsweredBeforeStopping() throws {
        let (input, output, stop) = (Pipe(), Pipe(), StopSignal())
        let slow = #"{"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{"text":"SLOW document"}}"#
        input.fileHandleForWriting.write(Data("\(slow)\n\(status)\n".utf8))
        let server = Server(handler: try makeHandler(), maximumRequestBytes: 1_000, logger: quietLogger)
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.1)
            stop.trigger()
        }
        try server.run(
            input: input.fileHandleForReading.fileDescriptor,
            output: output.fileHandleForWriting.fileDescriptor, stop: stop)
        try output.fileHandleForWriting.close()
        let written = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(written.split(separator: "\n").count { $0.contains(#""result""#) } == 1)
        #expect(written.contains(#""segments":1,"cached":false"#))
    }
}
