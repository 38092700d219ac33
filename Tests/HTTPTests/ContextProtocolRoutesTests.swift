import FakeServices
import StrictJSON
import Testing

@Suite struct ContextProtocolRoutesTests {
    private static let accept = ["Accept": "application/json, text/event-stream"]
    private static let meta: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
    ]

    private func message(_ method: String, _ parameters: JSONValue = [:], id: Int? = 1) -> JSONValue {
        let id = id.map { [JSONValue.Member("id", .integer($0))] } ?? []
        return .object(
            [.init("jsonrpc", "2.0")] + id + [.init("method", .string(method)), .init("params", parameters)])
    }

    @Test func aSessionBeginsAndEnds() async throws {
        try await withServer { client in
            let begun = try await client.post(
                "/mcp", message("initialize", ["protocolVersion": "2025-11-25"]), headers: Self.accept)
            #expect(try begun.json()["result"]?["protocolVersion"] == "2025-11-25")
            let session = ["Mcp-Session-Id": try #require(begun.headers["mcp-session-id"])]
            let told = try await client.post("/mcp", message("notifications/initialized", id: nil), headers: session)
            #expect(told.status == 202 && told.body.isEmpty)
            let list = try await client.post("/mcp", message("tools/list"), headers: session)
            #expect(try list.json()["result"]?["tools"] != nil)
            #expect(try await client.request("DELETE", "/mcp", headers: session).status == 204)
            #expect(try await client.post("/mcp", message("tools/list"), headers: session).status == 404)
            #expect(try await client.request("GET", "/mcp").status == 405)
        }
    }

    @Test func progressComesAsEvents() async throws {
        try await withServer { client in
            let call = message(
                "tools/call",
                [
                    "name": "submit_document", "arguments": ["text": "Zoe lives in Oslo."],
                    "_meta": ["progressToken": .integer(3)],
                ])
            let events = try await client.post("/mcp", call, headers: Self.accept).events
            let messages = try events.map { try JSONValue(parsing: $0.data) }
            #expect(messages.map { $0["method"] } == ["notifications/progress", nil])
            #expect(messages.last?["result"]?["isError"] == .boolean(false))
        }
    }

    @Test func aRequestMayStandAlone() async throws {
        try await withServer { client in
            var headers = ["Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "server/discover"]
            let discovered = try await client.post(
                "/mcp", message("server/discover", ["_meta": Self.meta]), headers: headers)
            #expect(try discovered.json()["result"]?["resultType"] == "complete")
            let other = try await client.post("/mcp", message("tools/list", ["_meta": Self.meta]), headers: headers)
            #expect(other.status == 400)
            headers["Mcp-Method"] = "nothing"
            let unknown = try await client.post("/mcp", message("nothing", ["_meta": Self.meta]), headers: headers)
            #expect(unknown.status == 404)
            #expect(try unknown.json()["error"]?["code"] == .integer(-32601))
        }
    }

    @Test func aCancellationReachesItsSession() async throws {
        try await withServer { client in
            let begun = try await client.post("/mcp", message("initialize", ["protocolVersion": "2025-11-25"]))
            let session = ["Mcp-Session-Id": try #require(begun.headers["mcp-session-id"])]
            async let call = client.post(
                "/mcp", message("tools/call", ["name": "submit_document", "arguments": ["text": "ENDLESS"]], id: 5),
                headers: session)
            try await Task.sleep(for: .milliseconds(300))
            _ = try await client.post(
                "/mcp", message("notifications/cancelled", ["requestId": .integer(5)], id: nil), headers: session)
            #expect(try await call.status == 202)
        }
    }
}
