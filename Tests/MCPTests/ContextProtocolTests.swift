import FakeServices
import JSONRPC
import Logging
import StrictJSON
import Synchronization
import Testing

import MCP

/// One client of the protocol.
private struct Client {
    let service = FakeService()
    let handler: MessageHandler
    private let sent = Sent()

    private final class Sent: Sendable {
        let messages = Mutex<[JSONValue]>([])

        @Sendable func keep(_ bytes: [UInt8]) {
            let message = try? JSONParser.parse(bytes)
            messages.withLock { $0.append(message ?? .null) }
        }
    }

    init() throws {
        handler = MessageHandler(
            contextProtocolFor: service, files: try AllowedDirectories([], byteLimit: 1_000), version: "1.2.3",
            logger: Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// What was sent since the last call.
    func take() -> [JSONValue] {
        sent.messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }

    func begin(_ message: JSONValue) -> Task<Void, Never> { handler.serve(message.bytes, send: sent.keep) }

    /// The reply to a request with id 1.
    func request(_ method: String, _ parameters: JSONValue = [:]) async -> JSONValue? {
        await begin(["jsonrpc": "2.0", "id": .integer(1), "method": .string(method), "params": parameters]).value
        return take().last
    }

    /// The result of a tool.
    func call(_ tool: String, _ arguments: JSONValue, meta: JSONValue = [:]) async -> JSONValue? {
        await request("tools/call", ["name": .string(tool), "arguments": arguments, "_meta": meta])
    }

    static let current: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
    ]
}

@Suite struct ContextProtocolTests {
    private let client: Client

    init() throws { client = try Client() }

    @Test(arguments: [
        ("2025-11-25", "2025-11-25"), ("2024-11-05", "2024-11-05"), ("2026-07-28", "2025-11-25"), ("x", "2025-11-25"),
    ])
    func aRevisionIsAgreedOn(_ requested: String, agreed: String) async {
        let reply = await client.request(
            "initialize", ["protocolVersion": .string(requested), "capabilities": [:], "clientInfo": [:]])
        #expect(reply?["result"]?["protocolVersion"] == .string(agreed))
        #expect(reply?["result"]?["capabilities"] == ["tools": [:], "resources": [:]])
        #expect(reply?["result"]?["serverInfo"]?["version"] == "1.2.3")
        #expect(reply?["result"]?["resultType"] == nil)
        await client.begin(["jsonrpc": "2.0", "method": "notifications/initialized"]).value
        #expect(client.take().isEmpty)
        #expect(await client.request("ping")?["result"] == [:])
    }

    @Test func aClientDiscoversTheServer() async {
        let result = await client.request("server/discover", ["_meta": Client.current])?["result"]
        #expect(result?["resultType"] == "complete")
        #expect(result?["supportedVersions"] == ["2026-07-28"])
        #expect(result?["capabilities"] == ["tools": [:], "resources": [:]])
        #expect(result?["cacheScope"] == "public")
        let list = await client.request("tools/list", ["_meta": Client.current])?["result"]
        #expect(list?["resultType"] == "complete" && list?["ttlMs"] != nil)
    }

    @Test func otherRevisionsAreRefusedWithThoseThatThereAre() async {
        let meta: JSONValue = ["io.modelcontextprotocol/protocolVersion": "2030-01-01"]
        let error = await client.request("tools/list", ["_meta": meta])?["error"]
        #expect(error?["code"] == .integer(-32022))
        #expect(error?["data"] == ["supported": ["2026-07-28"], "requested": "2030-01-01"])
        #expect(await client.request("server/discover")?["error"]?["code"] == .integer(-32602))
        let bare: JSONValue = ["io.modelcontextprotocol/protocolVersion": "2026-07-28"]
        #expect(await client.request("tools/list", ["_meta": bare])?["error"]?["code"] == .integer(-32602))
    }

    @Test func toolsAreDescribed() async {
        guard case .array(let tools)? = await client.request("tools/list")?["result"]?["tools"] else {
            Issue.record("no list of tools")
            return
        }
        #expect(
            tools.map { $0["name"]?.text } == ["submit_document", "ask_question", "list_documents", "remove_document"])
        for tool in tools { #expect(tool["inputSchema"]?["type"] == "object" && tool["description"]?.text != nil) }
    }

    @Test func toolsLearnAnswerListAndForget() async {
        let submitted = await client.call("submit_document", ["text": "Zoe lives in Oslo.", "name": "zoe"])?["result"]
        #expect(submitted?["isError"] == .boolean(false))
        guard let document = submitted?["structuredContent"]?["document"] else {
            Issue.record("no document")
            return
        }
        let answer = await client.call("ask_question", ["document": document, "question": "Where does Zoe live?"])
        #expect(answer?["result"]?["structuredContent"]?["answer"] == "Oslo")
        guard case .array(let content)? = answer?["result"]?["content"], let text = content.first?["text"]?.text else {
            Issue.record("no content")
            return
        }
        #expect((try? JSONParser.parse(Array(text.utf8)))?["answer"] == "Oslo")
        guard case .array(let resources)? = await client.request("resources/list")?["result"]?["resources"] else {
            Issue.record("no list of resources")
            return
        }
        #expect(resources.map { $0["name"] } == ["zoe"])
        let contents = await client.request("resources/read", ["uri": resources.first?["uri"] ?? .null])?["result"]
        #expect(contents?["contents"] != nil)
        let removed = await client.call("remove_document", ["document": document])?["result"]
        #expect(removed?["structuredContent"]?["removed"] == .boolean(true))
        #expect(await client.call("list_documents", [:])?["result"]?["structuredContent"]?["documents"] == [])
        #expect(
            await client.request("resources/read", ["uri": resources.first?["uri"] ?? .null])?["error"]?["code"]
                == .integer(-32602))
    }

    @Test(
        arguments: [
            ("submit_document", ["text": ""], "empty"),
            ("ask_question", ["document": "x", "question": "a?"], "no document"),
            ("ask_question", ["question": "a?"], "document"), ("remove_document", ["path": "x"], "path"),
            ("submit_document", ["text": "FAIL"], "internal"),
        ] as [(String, JSONValue, String)])
    func aToolThatFailsHasAResult(_ tool: String, arguments: JSONValue, word: String) async {
        let result = await client.call(tool, arguments)?["result"]
        #expect(result?["isError"] == .boolean(true))
        #expect(result?["content"]?.description.contains(word) == true, "\(String(describing: result))")
    }

    @Test func unknownToolsAndMethodsAreErrors() async {
        #expect(await client.call("ask_questions", [:])?["error"]?["code"] == .integer(-32602))
        #expect(await client.call("ask_questions", [:])?["error"]?["message"]?.text?.contains("ask_question?") == true)
        #expect(await client.request("prompts/list")?["error"]?["code"] == .integer(-32601))
    }

    @Test func progressGoesToThoseWhoGiveAToken() async {
        await client.begin([
            "jsonrpc": "2.0", "id": "a", "method": "tools/call",
            "params": [
                "name": "submit_document", "arguments": ["text": "Zoe lives in Oslo."], "_meta": ["progressToken": "t"],
            ],
        ]).value
        let messages = client.take()
        #expect(messages.count == 2)
        #expect(messages.first?["method"] == "notifications/progress")
        #expect(messages.first?["params"]?["progressToken"] == "t")
        #expect(
            messages.first?["params"]?["progress"] == .integer(1) && messages.first?["params"]?["total"] == .integer(1))
        _ = await client.call("submit_document", ["text": "Another text."])
        #expect(client.take().isEmpty)
    }

    @Test func aCancelledCallGetsNoReply() async {
        let call = client.begin([
            "jsonrpc": "2.0", "id": .integer(7), "method": "tools/call",
            "params": ["name": "submit_document", "arguments": ["text": "ENDLESS"]],
        ])
        await client.begin([
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": .integer(7)],
        ]).value
        await call.value
        #expect(client.take().isEmpty)
    }
}
