import AdapterStore
import Foundation
import JSONRPC
import StrictJSON
import Testing
import TinyModels

/// What the built service survives; run by `make test-service`.
@Suite(.enabled(if: runsServiceTests), .serialized)
struct EnduranceTests {
    private let folder: TinyModelDirectory

    init() throws { folder = try TinyModelDirectory() }

    private var cache: String { folder.path("adapters.sqlite") }

    /// - Parameter cacheBytes: what the cache is kept within, so that documents go too.
    private func start(cacheBytes: String, log: String = "log.txt") throws -> ServeProcess {
        try ServeProcess(
            ["--model", folder.model, "--cache", cache, "--cache-bytes", cacheBytes], log: folder.path(log))
    }

    private static func request(_ id: Int, _ method: String, _ parameters: JSONValue = .object([])) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(parameters.description)}"#
    }

    /// Whenever the process is killed, what the cache lists is whole, and nothing else is listed.
    @Test func kills() throws {
        for round in 0..<200 {
            let process = try start(cacheBytes: "1MB")
            for index in 0..<20 {
                let text = "Omar has \(round) cats and \(index) dogs. He lives in Oslo, as Zoe does."
                try process.send(
                    Self.request(
                        index, "documents/submit", ["text": .string(text), "keepText": .boolean(index % 2 == 0)]))
            }
            if round % 4 != 0 { _ = try process.message() }
            usleep(UInt32.random(in: 0...100_000))
            kill(process.process.processIdentifier, SIGKILL)
            process.process.waitUntilExit()
            let store = try AdapterStore(path: cache) { Issue.record("\($0)") }
            #expect(try store.verify() == store.statistics().count)
        }
        let process = try start(cacheBytes: "1MB")
        guard
            case .array(let documents) = try process.reply(to: Self.request(1, "documents/list"))["result"]?[
                "documents"]
        else {
            Issue.record("no list")
            return
        }
        #expect(documents.count > 10)
        for document in documents {
            let parameters: JSONValue = [
                "document": document["document"] ?? .null, "question": "Where?", "maxTokens": .integer(2),
            ]
            #expect(try process.reply(to: Self.request(2, "questions/ask", parameters))["result"] != nil)
        }
        #expect(try process.finish().status == 0)
    }

    /// Two processes submit, ask about and remove the same few documents, a thousand times each.
    @Test func processesShareAFile() async throws {
        let processes = try (0..<2).map { try start(cacheBytes: "1GB", log: "log-\($0).txt") }
        let answers = await withTaskGroup(of: [Observation].self) { group in
            for process in processes {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            continuation.resume(returning: (0..<1000).map { Self.operation($0, of: process) })
                        }
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(answers.count { !$0.isGood } == 0)
        // A document is answered about in one way, whoever learned it.
        let probabilities = Dictionary(grouping: answers.filter { $0.probability != nil }, by: \.document)
            .mapValues { Set($0.map(\.probability)) }
        #expect(probabilities.count == Self.shared.count && probabilities.values.allSatisfy { $0.count == 1 })
        for process in processes {
            let outcome = try process.finish()
            #expect(outcome.status == 0 && !outcome.log.contains("damaged"), "\(outcome.log)")
        }
        let store = try AdapterStore(path: cache) { Issue.record("\($0)") }
        #expect(try store.verify() == store.statistics().count)
    }

    private static let shared = (0..<12).map { "Omar has \($0) cats. He lives in Oslo." }

    /// What came of an operation.
    private struct Observation: Sendable {
        let document: String
        let isGood: Bool
        let probability: String?
    }

    private static func operation(_ number: Int, of process: ServeProcess) -> Observation {
        let text = shared.randomElement() ?? ""
        let document = DocumentIdentifier(of: Data(text.utf8)).description
        let line =
            switch Int.random(in: 0..<10) {
            case 0: request(number, "documents/remove", ["document": .string(document)])
            case 1: request(number, "documents/list")
            case 2..<5: request(number, "documents/submit", ["text": .string(text), "name": .string("\(number)")])
            default:
                request(
                    number, "questions/ask",
                    ["document": .string(document), "question": "Where?", "maxTokens": .integer(2)])
            }
        let reply = try? process.reply(to: line)
        // What the other process has removed is not known.
        return Observation(
            document: document, isGood: reply?["result"] != nil || reply?.errorCode == -32001,
            probability: reply?["result"]?["logProbability"]?.description)
    }
}
