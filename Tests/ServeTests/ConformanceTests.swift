import AdapterStore
import Foundation
import StrictJSON
import Testing
import TinyModels

@testable import JSONRPC

/// Set by `make test-service`: what takes minutes on the built program.
let runsServiceTests = ProcessInfo.processInfo.environment["PERK_TEST_SERVICE"] != nil

/// The tables of the protocol, row by row, on the built program over pipes.
@Suite(.enabled(if: runsServiceTests))
struct ConformanceTests {
    private static let text = "Zoe lives in Oslo. She is a baker."
    private static let document = DocumentIdentifier(of: Data(text.utf8)).description
    private static let unknown = "sha256:" + String(repeating: "0", count: 64)
    /// Takes a while to learn, even for the smallest model.
    private static let long = (0..<20_000).map { "Omar number \($0) likes football." }.joined(separator: " ")

    private let folder: TinyModelDirectory

    init() throws { folder = try TinyModelDirectory() }

    private func start(_ arguments: String...) throws -> ServeProcess {
        try ServeProcess(
            [
                "--model", folder.model, "--cache", folder.path("adapters.sqlite"), "--max-document-tokens", "1000000",
            ] + arguments, log: folder.path("log.txt"))
    }

    private func request(_ id: String, _ method: String, _ parameters: JSONValue = .object([])) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(parameters.description)}"#
    }

    /// The members of a result that are not null or false.
    private func names(_ value: JSONValue?) -> [String] {
        guard case .object(let members) = value else { return [] }
        return members.map(\.name)
    }

    @Test func everyMethodAnswersWhatTheTableSays() throws {
        let process = try start()
        let submitted = try process.reply(
            to: request(
                "1", "documents/submit", ["text": .string(Self.text), "name": "zoe", "keepText": .boolean(true)]))
        #expect(
            names(submitted["result"]) == [
                "document", "tokens", "segments", "cached", "seconds", "losses", "warnings",
            ])
        #expect(submitted["result"]?["document"] == .string(Self.document))
        let appended = try process.reply(
            to: request("2", "documents/append", ["document": .string(Self.document), "text": "Omar is here."]))
        #expect(appended["result"]?["previous"] == .string(Self.document))
        let list = try process.reply(to: request("3", "documents/list"))
        guard case .array(let documents) = list["result"]?["documents"] else {
            Issue.record("\(list)")
            return
        }
        #expect(documents.count == 2)
        #expect(
            names(documents[0]) == ["document", "name", "tokens", "bytes", "pinned", "created", "lastUsed"])
        let parameters: JSONValue = ["document": .string(Self.document)]
        #expect(try process.reply(to: request("4", "documents/pin", parameters))["result"]?["pinned"] == .boolean(true))
        #expect(
            try process.reply(to: request("5", "documents/unpin", parameters))["result"]?["pinned"] == .boolean(false))
        let answered = try process.reply(
            to: request("6", "questions/ask", ["document": .string(Self.document), "question": "Who?"]))
        #expect(names(answered["result"]) == ["answer", "tokens", "logProbability", "finish", "seconds"])
        #expect(names(answered["result"]?["seconds"]) == ["encode", "firstToken", "total"])
        let status = try process.reply(to: request("7", "server/status"))
        #expect(
            names(status["result"]) == [
                "model", "modelDigest", "metaTrained", "arithmetic", "cache", "queue", "limits", "uptime", "version",
            ])
        let removed = try process.reply(to: request("8", "documents/remove", parameters))
        #expect(removed["result"]?["removed"] == .boolean(true))
        #expect(try process.finish().status == 0)
    }

    private static let wrong: [(line: String, id: String, code: Int)] = [
        ("nonsense", "null", -32700), (#"{"jsonrpc":"2.0","id":1}"#, "1", -32600), ("[]", "null", -32600),
        (#"{"jsonrpc":"2.0","id":{},"method":"server/status"}"#, "null", -32600),
        (#"{"jsonrpc":"2.0","id":92233720368547758080,"method":"x"}"#, "92233720368547758080", -32601),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{}}"#, "1", -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{"txt":"a"}}"#, "1", -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{"text":1}}"#, "1", -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{"text":" "}}"#, "1", -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{"text":"\ud83d"}}"#, "1", -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{"path":"/etc/hostname"}}"#, "1", -32602),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"questions/ask","params":{"question":"a","document":"\#(unknown)"}}"#,
            "1", -32001
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"documents/append","params":{"text":"a","document":"\#(unknown)"}}"#,
            "1", -32001
        ),
    ]

    @Test func everyWrongInputIsAnsweredAndTheNextLineServed() throws {
        let process = try start()
        for (line, id, code) in Self.wrong {
            let reply = try process.reply(to: line)
            let expected = try JSONParser.parse(Array(id.utf8))
            #expect(reply.errorCode == code && reply["id"] == expected, "\(line): \(reply)")
            #expect(try process.reply(to: request("2", "server/status"))["result"] != nil)
        }
        try process.send(Data([0xFF, 0x0A]))
        #expect(try process.message().errorCode == -32602)
        #expect(try process.finish().status == 0)
    }

    @Test func linesAndDocumentsOverTheirLimitsAreRefused() throws {
        let process = try start("--max-request-bytes", "100kB", "--max-document-tokens", "50")
        let line = request("7", "documents/submit", ["text": .string(String(repeating: "a ", count: 100_000))])
        let reply = try process.reply(to: line)
        #expect(reply.errorCode == -32002 && reply["id"] == .integer(7))
        let long = request("8", "documents/submit", ["text": .string(String(repeating: "Omar is here. ", count: 100))])
        #expect(try process.reply(to: long).errorCode == -32002)
        #expect(try process.reply(to: request("2", "server/status"))["result"] != nil)
        #expect(try process.finish().status == 0)
    }

    @Test func aFullQueueIsRefusedAndCancellationsAreAnswered() throws {
        let process = try start("--max-waiting", "1")
        try process.send(request("1", "documents/submit", ["text": .string(Self.long), "progress": .boolean(true)]))
        #expect(try process.message()["method"] == "notifications/progress")
        try process.send(request("2", "documents/submit", ["text": "Omar is here."]))
        while try process.reply(to: request("9", "server/status"))["result"]?["queue"]?["waiting"] != .integer(1) {}
        let full = try process.reply(to: request("3", "documents/submit", ["text": "Zoe is here."]))
        #expect(full["id"] == .integer(3) && full.errorCode == -32003)
        #expect(full["error"]?["data"]?["retryable"] == .boolean(true))
        for id in [2, 1] {
            let start = ContinuousClock.now
            let reply = try process.reply(
                to: #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
            #expect(reply["id"] == .integer(id) && reply.errorCode == -32800)
            #expect(ContinuousClock.now - start < .milliseconds(100))
        }
        #expect(try process.reply(to: request("4", "documents/submit", ["text": "Zoe is here."]))["result"] != nil)
        #expect(try process.finish().status == 0)
    }

    @Test func terminationRefusesWhatWaitsAndFinishesWhatRuns() throws {
        let process = try start("--grace", "300")
        try process.send(
            request("1", "documents/submit", ["text": .string(Self.long), "progress": .boolean(true)]))
        _ = try process.message()
        try process.send(request("2", "documents/submit", ["text": "Omar is here."]))
        while try process.reply(to: request("9", "server/status"))["result"]?["queue"]?["waiting"] != .integer(1) {}
        process.process.terminate()
        var replies: [JSONValue] = []
        while replies.count < 2 {
            let message = try process.message()
            if message["method"] == nil { replies.append(message) }
        }
        #expect(replies[0]["id"] == .integer(2) && replies[0].errorCode == -32005)
        #expect(replies[1]["id"] == .integer(1) && replies[1]["result"] != nil)
        #expect(try process.finish().status == 0)
    }

    @Test func theGracePeriodEnds() throws {
        let process = try start("--grace", "0.1")
        try process.send(request("1", "documents/submit", ["text": .string(Self.long), "progress": .boolean(true)]))
        _ = try process.message()
        process.process.terminate()
        var reply = try process.message()
        while reply["method"] != nil { reply = try process.message() }
        #expect(reply.errorCode == -32005)
        #expect(try process.finish().status == 0)
    }

    @Test func aSecondSignalEndsAtOnce() throws {
        let process = try start("--grace", "300")
        try process.send(request("1", "documents/submit", ["text": .string(Self.long), "progress": .boolean(true)]))
        _ = try process.message()
        process.process.terminate()
        Thread.sleep(forTimeInterval: 0.3)
        process.process.terminate()
        process.process.waitUntilExit()
        #expect(process.process.terminationReason == .uncaughtSignal && process.process.terminationStatus == SIGTERM)
    }

    /// Wherever a line is cut in two pieces that come after each other.
    @Test func requestsMayComeInPieces() throws {
        let process = try start()
        let line = Data((request("\"é\"", "server/status") + "\n").utf8)
        for cut in 0...line.count {
            try process.send(line.prefix(cut))
            if cut % 7 == 0 { Thread.sleep(forTimeInterval: 0.005) }
            try process.send(line.suffix(line.count - cut))
            #expect(try process.message()["id"] == "é")
        }
        #expect(try process.finish().status == 0)
    }

    /// Each line of 10,000 is answered with a response or not at all, and the service goes on.
    @Test func randomAndMutatedLinesAreSurvived() throws {
        let process = try start("--log-level", "critical")
        let seeds = [
            request("1", "documents/submit", ["text": .string(Self.text), "name": "é", "progress": .boolean(true)]),
            request(
                "\"a\"", "questions/ask", ["text": .string(Self.text), "question": "Who?", "maxTokens": .integer(2)]),
            request("3", "documents/list"), "[\(request("4", "documents/pin", ["document": .string(Self.document)]))]",
        ].map { Array($0.utf8) }
        let last = request("\"last\"", "server/status")
        Thread.detachNewThread {
            var random = SystemRandomNumberGenerator()
            for index in 0..<10_000 {
                var line = seeds[index % seeds.count]
                if index % 5 == 0 { line = (0..<60).map { _ in UInt8.random(in: .min ... .max, using: &random) } }
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 0..<line.count, using: &random)
                    line[place] = UInt8.random(in: .min ... .max, using: &random)
                }
                try? process.send(Data(line + [0x0A]))
            }
            try? process.send(last)
        }
        while true {
            let message = try process.message()
            if message["id"] == "last" { break }
            if case .array(let replies) = message {
                #expect(replies.allSatisfy { $0["jsonrpc"] == "2.0" })
            } else {
                #expect(message["jsonrpc"] == "2.0", "\(message)")
            }
        }
        #expect(try process.finish().status == 0)
    }
}
