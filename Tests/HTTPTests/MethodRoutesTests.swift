import FakeServices
import StrictJSON
import Testing

@Suite struct MethodRoutesTests {
    @Test func methodsTakeAndGiveJSON() async throws {
        try await withServer { client in
            let submitted = try await client.post(
                "/api/documents/submit", ["text": "Zoe lives in Oslo.", "name": "zoe"])
            #expect(submitted.status == 200)
            #expect(submitted.headers["content-type"] == "application/json")
            let document = try #require(try submitted.json()["document"])
            let answer = try await client.post(
                "/api/questions/ask", ["document": document, "question": "Where does Zoe live?"])
            #expect(try answer.json()["answer"] == "Oslo")
            let list = try await client.post("/api/documents/list", [:]).json()
            #expect(list["documents"]?.description.contains("\"zoe\"") == true)
            #expect(try await client.request("POST", "/api/server/status").json()["model"] == "fake")
            let removed = try await client.post("/api/documents/remove", ["document": document])
            #expect(try removed.json() == ["removed": .boolean(true)])
        }
    }

    @Test(
        arguments: [
            ("documents/submit", ["text": ""], 400, -32602, "text"),
            ("documents/submit", ["txt": "a"], 400, -32602, "txt"),
            ("questions/ask", ["document": "sha256:0", "question": "Who?"], 404, -32001, "document"),
            ("documents/submit", ["text": .string(String(repeating: "a ", count: 1_001))], 413, -32002, "text"),
            ("documents/submit", ["text": "FULL"], 503, -32003, nil),
            ("documents/submit", ["text": "DIVERGE"], 422, -32004, nil),
            ("documents/submit", ["text": "FAIL"], 500, -32603, nil),
            ("documents/list", .array([.integer(1)]), 400, -32602, nil),
        ] as [(String, JSONValue, Int, Int, String?)])
    func whatIsWrongIsSaid(
        _ method: String, parameters: JSONValue, status: Int, code: Int, parameter: String?
    ) async throws {
        try await withServer { client in
            let reply = try await client.post("/api/\(method)", parameters)
            #expect(reply.status == status)
            let error = try reply.json()["error"]
            #expect(error?["code"] == .integer(code) && error?["param"] == parameter.map { .string($0) } ?? .null)
            #expect((error?["retryable"] != nil) == (status == 503))
            #expect((reply.headers["retry-after"] != nil) == (status == 503))
        }
    }

    @Test func faultyRequestsAreRefused() async throws {
        try await withServer { client in
            let faulty = try await client.request(
                "POST", "/api/documents/submit", headers: ["Content-Type": "application/json"], body: "{")
            #expect(try faulty.json()["error"]?["code"] == .integer(-32700))
            let plain = try await client.request(
                "POST", "/api/documents/submit", headers: ["Content-Type": "text/plain"], body: "{}")
            #expect(plain.status == 415)
            #expect(try await client.request("GET", "/api/documents/submit").status == 404)
            #expect(try await client.post("/api/documents/delete", [:]).status == 404)
            #expect(try await client.request("GET", "/../../etc/passwd").status == 404)
            #expect(try await client.request("GET", "/%2e%2e/etc/passwd").status == 404)
        }
    }

    @Test func eventsTellOfTheWork() async throws {
        try await withServer { client in
            let events = ["Accept": "text/event-stream"]
            let submitted = try await client.post(
                "/api/documents/submit", ["text": "Zoe lives in Oslo."], headers: events)
            #expect(submitted.headers["content-type"]?.hasPrefix("text/event-stream") == true)
            #expect(submitted.events.map(\.name) == ["progress", "result"])
            let result = try JSONValue(parsing: submitted.events[1].data)
            let document = try #require(result["document"])
            let asked = try await client.post(
                "/api/questions/ask", ["document": document, "question": "Where does Zoe live?"], headers: events)
            #expect(asked.events.map(\.name) == ["delta", "delta", "delta", "delta", "result"])
            let deltas = try asked.events.dropLast().map { try JSONValue(parsing: $0.data)["delta"]?.text ?? "" }
            #expect(deltas.joined() == "Oslo")
            let failed = try await client.post(
                "/api/questions/ask", ["document": "x", "question": "Who?"], headers: events)
            #expect(failed.events.map(\.name) == ["error"])
            #expect(try JSONValue(parsing: failed.events[0].data)["error"]?["code"] == .integer(-32001))
            let unknown = try await client.post("/api/questions/ask", ["q": "Who?"], headers: events)
            #expect(unknown.status == 400)
        }
    }
}
