import FakeServices
import Foundation
import StrictJSON
import Synchronization
import Testing

@testable import JSONRPC

@Suite struct ServerTests {
    private let status = #"{"jsonrpc":"2.0","id":1,"method":"server/status"}"#

    private func serve(_ text: String, maximumRequestBytes: Int = 100_000) async throws -> [JSONValue] {
        try await JSONRPCTests.serve(Array(text.utf8), maximumRequestBytes: maximumRequestBytes)
    }

    private func submit(_ id: Int, _ text: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"documents/submit","params":{"text":"\#(text)"}}"#
    }

    @Test func eachRequestIsAnsweredOnce() async throws {
        let requests = (0..<5_000).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"documents/list"}"# }
        let replies = try await serve(requests.joined(separator: "\n") + "\n")
        #expect(Set(replies.map { $0["id"]?.description }) == Set((0..<5_000).map { String($0) }))
        #expect(replies.count == 5_000)
    }

    @Test func blankLinesAndLineEndsDoNotMatter() async throws {
        #expect(try await serve("\n \t\n\r\n").isEmpty)
        #expect(try await serve("\(status)\r\n\n\(status)").count == 2)
    }

    @Test func aLineOverTheLimitIsRefusedAlone() async throws {
        let long = String(repeating: "x", count: 200_000)
        let replies = try await serve("\(status)\n\(long)\n\(status)\n\(long)", maximumRequestBytes: 1_000)
        #expect(replies.count { $0.errorCode == nil } == 2)
        let refused = replies.filter { $0.errorCode != nil }
        #expect(refused.map(\.errorCode) == [-32002, -32002] && refused.allSatisfy { $0["id"] == .null })
        #expect(refused[0].errorMessage.contains("more than 1000 bytes, the limit of this service"))
        #expect(try await serve(status, maximumRequestBytes: status.utf8.count)[0].errorCode == nil)
        #expect(try await serve(status, maximumRequestBytes: status.utf8.count - 1)[0].errorCode == -32002)
    }

    /// The id of a line that is too long is read where it stands in the beginning that is kept.
    @Test func aLineOverTheLimitIsRefusedByItsID() async throws {
        let long = String(repeating: "x", count: 100_000)
        #expect(try await serve(submit(7, long), maximumRequestBytes: 1_000).map { $0["id"] } == [.integer(7)])
        let idAtTheEnd = #"{"method":"documents/submit","params":{"text":"\#(long)"},"id":7}"#
        #expect(try await serve(idAtTheEnd, maximumRequestBytes: 1_000).map { $0["id"] } == [.null])
        // A chunk that goes beyond the limit by little.
        let short = submit(8, String(repeating: "x", count: 30))
        #expect(try await serve(short, maximumRequestBytes: short.utf8.count - 1).map { $0["id"] } == [.integer(8)])
    }

    @Test func progressComesOnRequestAndBeforeItsReply() async throws {
        let submit =
            #"{"jsonrpc":"2.0","id":"a","method":"documents/submit","#
            + #""params":{"text":"Zoe lives in Oslo.","progress":true}}"#
        let lines = try await serve("\(submit)\n")
        #expect(lines.count == 2)
        #expect(
            lines[0].description == #"{"jsonrpc":"2.0","method":"notifications/progress","#
                + #""params":{"id":"a","step":1,"steps":1,"segment":1,"segments":1,"loss":2.5}}"#)
        #expect(lines[1]["result"]?["cached"] == .boolean(false))
        #expect(try await serve(submit.replacing("true", with: "false")).count == 1)
        #expect(try await serve(submit.replacing("true", with: "null")).count == 1)
    }

    @Test func repliesComeAsTheyFinish() async throws {
        let replies = try await serve("\(submit(1, "SLOW document"))\n\(submit(2, "Zoe lives in Oslo."))\n")
        #expect(replies.map { $0["id"] } == [.integer(2), .integer(1)])
    }

    @Test func aClosedOutputIsABrokenPipe() async throws {
        signal(SIGPIPE, SIG_IGN)
        let (input, output) = (Pipe(), Pipe())
        input.fileHandleForWriting.write(Data("\(status)\n".utf8))
        try output.fileHandleForReading.close()
        let error = try await #require(throws: DescriptorError.self) {
            try await makeServer().run(input, output)
        }
        #expect(error.isBrokenPipe)
    }

    /// The lines that a server writes which is asked to stop once it has begun to serve these.
    private func stopping(after requests: [String], grace: TimeInterval) async throws -> [JSONValue] {
        let (input, output, stop, service) = (Pipe(), Pipe(), StopSignal(), FakeService())
        input.fileHandleForWriting.write(Data((requests.joined(separator: "\n") + "\n").utf8))
        async let running: Void = makeServer(service, grace: grace).run(input, output, stop: stop)
        while service.callCount < requests.count { try await Task.sleep(for: .milliseconds(5)) }
        stop.trigger()
        try await running
        return try await lines(of: output)
    }

    @Test func theRunningRequestIsAnsweredBeforeStopping() async throws {
        let replies = try await stopping(after: [submit(1, "SLOW document"), status], grace: 30)
        #expect(replies.count == 2)
        #expect(replies.last?["result"]?["cached"] == .boolean(false))
    }

    /// The fake service works ten minutes on the document, and would then have answered.
    @Test func theGracePeriodIsNotExceeded() async throws {
        #expect(try await stopping(after: [submit(1, "ENDLESS document")], grace: 0.2).isEmpty)
    }

    /// Requests are not read while their replies wait for a reader.
    @Test func aSlowReaderHoldsUpTheReading() async throws {
        let (input, output) = (Pipe(), Pipe())
        let name = String(repeating: "n", count: 200)
        let document = submit(0, "Zoe lives in Oslo.").replacing("}}", with: #","name":"\#(name)"}}"#)
        let list = #"{"jsonrpc":"2.0","id":1,"method":"documents/list"}"#
        let count = 5_000
        let sent = Mutex(0)
        async let running: Void = makeServer(unwrittenBytes: 1 << 16).run(input, output)
        async let writing: Void = onThread {
            try input.fileHandleForWriting.write(contentsOf: Data((document + "\n").utf8))
            for _ in 0..<count {
                try input.fileHandleForWriting.write(contentsOf: Data((list + "\n").utf8))
                sent.withLock { $0 += 1 }
            }
            try input.fileHandleForWriting.close()
        }
        // The count stops growing long before the end.
        var last = -1
        while sent.withLock({ $0 }) != last || last == 0 {
            last = sent.withLock { $0 }
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(last > 0 && last < count)
        #expect(try await lines(of: output).count == count + 1)
        try await writing
        try await running
    }
}
