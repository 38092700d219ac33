import AdapterStore
import Foundation
import JSONRPC
import StrictJSON
import Testing
import TinyModels

/// `perk-serve` as a client sees it.
@Suite struct ServingTests {
    private static let text = "Zoe lives in Oslo. She is a baker."

    private let folder: TinyModelDirectory
    private let document = DocumentIdentifier(of: Data(Self.text.utf8)).description

    init() throws {
        folder = try TinyModelDirectory()
    }

    private func start() throws -> ServeProcess {
        try ServeProcess(
            ["--model", folder.model, "--cache", folder.path("cache/adapters.sqlite"), "--threads", "1"],
            log: folder.path("log.txt"))
    }

    private func request(_ id: Int, _ method: String, _ parameters: JSONValue = .object([])) -> String {
        let members: JSONValue = [
            "jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": parameters,
        ]
        return members.description
    }

    /// The replies of a new process to the lines, each sent when the one before it has been answered.
    private func replies(to lines: [String]) throws -> [JSONValue] {
        let process = try start()
        let replies = try lines.map { try process.reply(to: $0) }
        let outcome = try process.finish()
        #expect(outcome.status == 0 && outcome.output.isEmpty)
        return replies
    }

    @Test func documentsAreLearnedAskedAboutKeptAndRemoved() throws {
        let ask = request(2, "questions/ask", ["document": .string(document), "question": "Where does Zoe live?"])
        let first = try replies(to: [
            request(1, "documents/submit", ["text": .string(Self.text), "name": "zoe"]), "{nonsense", ask,
            request(3, "documents/list"),
        ])
        #expect(first.map { $0["id"] } == [.integer(1), .null, .integer(2), .integer(3)])
        let submitted = try #require(first[0]["result"])
        #expect(submitted["document"] == .string(document) && submitted["cached"] == .boolean(false))
        #expect(submitted["segments"] == .integer(2))
        #expect(first[1]["error"]?["code"] == .integer(-32700))
        let answered = try #require(first[2]["result"])
        #expect(answered["answer"]?.text != nil && ["stop", "length"].contains(answered["finish"]?.text))
        #expect(names(first[3]) == [.string("zoe")])

        // Another process finds what the first one learned, and gives the same answer to the bit.
        let second = try replies(to: [
            request(1, "documents/submit", ["text": .string(Self.text)]), ask,
            request(3, "documents/remove", ["document": .string(document)]), request(4, "documents/list"), ask,
        ])
        #expect(second[0]["result"]?["cached"] == .boolean(true))
        #expect(second[0]["result"]?["losses"] == submitted["losses"])
        #expect(second[1]["result"]?["answer"] == answered["answer"])
        #expect(second[1]["result"]?["logProbability"] == answered["logProbability"])
        #expect(second[2]["result"] == ["removed": .boolean(true)])
        #expect(names(second[3]) == [])
        #expect(second[4]["error"]?["code"] == .integer(-32001))
    }

    /// The client need not wait for a document to ask about it.
    @Test func aQuestionOnTheNextLineWaitsForTheDocument() throws {
        let process = try start()
        let ask: JSONValue = [
            "document": .string(document), "question": "Where does Zoe live?", "stream": .boolean(true),
        ]
        try process.send(
            request(1, "documents/submit", ["text": .string(Self.text)]) + "\n" + request(2, "questions/ask", ask))
        let outcome = try process.finish()
        let messages = try outcome.output.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
        let results = messages.filter { $0["method"] == nil }
        #expect(results.count == 2 && results.allSatisfy { $0["result"] != nil }, "\(outcome.output)")
        let answer = results.first { $0["id"] == .integer(2) }?["result"]?["answer"]?.text
        let pieces = messages.filter { $0["method"] == "notifications/answer" }.compactMap {
            $0["params"]?["delta"]?.text
        }
        #expect(answer == pieces.joined() && outcome.status == 0)
    }

    /// A process that ends writes down the uses that wait for their batch.
    @Test func usesOutlastTheProcess() throws {
        let asked = try replies(to: [
            request(1, "documents/submit", ["text": .string(Self.text), "name": "zoe"]),
            request(2, "documents/submit", ["text": "Omar likes football.", "name": "omar"]),
            request(3, "questions/ask", ["document": .string(document), "question": "Where does Zoe live?"]),
        ])
        #expect(asked.allSatisfy { $0["result"] != nil })
        let listed = try replies(to: [request(1, "documents/list")])
        #expect(names(listed[0]) == [.string("zoe"), .string("omar")])
    }

    /// The names in the reply to `documents/list`.
    private func names(_ reply: JSONValue) -> [JSONValue?]? {
        guard case .array(let documents) = reply["result"]?["documents"] else { return nil }
        return documents.map { $0["name"] }
    }

    @Test func wrongRequestsAreAnsweredAndServingGoesOn() throws {
        let refused = try replies(to: [
            request(1, "documents/submit", ["text": " \n"]),
            request(2, "questions/ask", ["document": .string(document), "question": "Who?"]),
            request(3, "documents/submit", ["path": "/etc/hostname"]), "[]", "\n\u{0}", request(4, "server/status"),
        ])
        #expect(
            refused.map { $0["error"]?["code"] } == [
                .integer(-32602), .integer(-32001), .integer(-32602), .integer(-32600), .integer(-32700), nil,
            ])
        #expect(refused.last?["result"]?["model"] == .string(folder.model))
    }

    @Test func terminationEndsServingWithSuccess() throws {
        let process = try start()
        try process.send(request(1, "server/status"))
        process.waitForOutput()
        process.process.terminate()
        process.process.waitUntilExit()
        #expect(try process.finish().status == 0)
    }

    @Test func questionsAboutAFileAreAnsweredALineEach() throws {
        let file = try folder.write(Self.text, to: "zoe.txt")
        let process = try ServeProcess(
            ["ask", "--document", file, "--model", folder.model, "--no-cache", "Who?", "Where?"],
            log: folder.path("log.txt"))
        let outcome = try process.finish()
        #expect(outcome.status == 0 && outcome.output.count { $0 == "\n" } == 2)
    }

    @Test func evaluationPrintsTheFiguresOfEachMethod() throws {
        let process = try ServeProcess(
            [
                "eval", "--people", "1", "--documents", "1", "--questions", "1", "--distractors", "0", "--json",
                "--model", folder.model,
            ], log: folder.path("log.txt"))
        let outcome = try process.finish()
        #expect(outcome.status == 0)
        let figures = try JSONParser.parse(Array(outcome.output.utf8))
        guard case .object(let results) = figures["results"] else {
            Issue.record("\(outcome.output)")
            return
        }
        // There is no other document.
        let methods = ["closed-book", "in-context", "in-context-cached", "perk", "retrieval", "untrained-adapter"]
        #expect(results.map(\.name).sorted() == methods.map { "facts, 1 people, \($0)" })
        #expect(results.allSatisfy { $0.value["documents,none"] == .integer(1) })
    }
}
