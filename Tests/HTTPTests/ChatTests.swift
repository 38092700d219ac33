import FakeServices
import StrictJSON
import Testing

@Suite struct ChatTests {
    private static let text = "Zoe lives in Oslo."
    private static let model = "perk/" + FakeService.identifier(of: text)

    private func withDocument<Result>(_ body: (LoopbackClient) async throws -> Result) async throws -> Result {
        try await withServer { client in
            _ = try await client.post("/v1/documents", ["text": .string(Self.text), "name": "zoe"])
            return try await body(client)
        }
    }

    private func chat(_ members: JSONValue.Member..., model: String = model) -> JSONValue {
        let messages: JSONValue = [["role": "user", "content": "Where does Zoe live?"]]
        let usual: [JSONValue.Member] = [.init("model", .string(model)), .init("messages", messages)]
        let names = Set(members.map(\.name))
        return .object(usual.filter { !names.contains($0.name) } + members)
    }

    @Test func documentsAreModels() async throws {
        try await withDocument { client in
            let list = try await client.request("GET", "/v1/models").json()
            #expect(list["object"] == "list" && list["data"]?.description.contains(Self.model) == true)
            for name in [Self.model, "zoe", Self.model.replacing("/", with: "%2F")] {
                #expect(try await client.request("GET", "/v1/models/\(name)").json()["id"] == .string(Self.model))
            }
            #expect(try await client.request("GET", "/v1/models/ida").status == 404)
        }
    }

    @Test(arguments: [model, "zoe", "perk/zoe"])
    func theLastMessageIsAnswered(_ model: String) async throws {
        try await withDocument { client in
            let reply = try await client.post("/v1/chat/completions", chat(model: model)).json()
            #expect(reply["object"] == "chat.completion" && reply["model"] == .string(model))
            guard case .array(let choices)? = reply["choices"] else {
                Issue.record("no choices")
                return
            }
            #expect(choices.map { $0["message"]?["content"] } == ["Oslo"])
            #expect(choices.map { $0["finish_reason"] } == ["stop"])
            #expect(reply["perk"]?["document"] == .string(String(Self.model.dropFirst(5))))
        }
    }

    @Test func contentMayComeInParts() async throws {
        try await withDocument { client in
            let parts: JSONValue = [["type": "text", "text": "Where does "], ["type": "text", "text": "Zoe live?"]]
            let request = chat(.init("messages", [["role": "user", "content": parts]]))
            let reply = try await client.post("/v1/chat/completions", request)
            #expect(reply.body.contains("Oslo"))
        }
    }

    @Test func answersAreStreamed() async throws {
        try await withDocument { client in
            let reply = try await client.post("/v1/chat/completions", chat(.init("stream", .boolean(true))))
            let data = reply.events.map(\.data)
            #expect(data.last == "[DONE]")
            let chunks = try data.dropLast().map { try JSONValue(parsing: $0) }
            #expect(chunks.allSatisfy { $0["object"] == "chat.completion.chunk" })
            let deltas = chunks.compactMap { chunk -> JSONValue? in
                guard case .array(let choices)? = chunk["choices"] else { return nil }
                return choices.first?["delta"]
            }
            #expect(deltas.first?["role"] == "assistant")
            #expect(deltas.compactMap { $0["content"]?.text }.joined() == "Oslo")
            #expect(chunks.last?["perk"]?["answer"] == "Oslo")
        }
    }

    @Test(
        arguments: [
            ("tools", [["type": "function"]]), ("n", .integer(2)), ("stop", "x"), ("response_format", ["type": "text"]),
            ("temperature", "hot"), ("messages", []), ("messages", [["role": "assistant", "content": "a"]]),
            ("messages", [["role": "system", "content": "a"], ["role": "user", "content": "b?"]]),
            ("messages", [["role": "user", "content": [["type": "image_url"]]]]), ("model", "ida"),
        ] as [(String, JSONValue)])
    func whatHasNoEffectIsRefusedByName(_ name: String, value: JSONValue) async throws {
        try await withDocument { client in
            let reply = try await client.post("/v1/chat/completions", chat(.init(name, value)))
            #expect(reply.status == (name == "model" ? 404 : 400))
            #expect(try reply.json()["error"]?["param"] == .string(name))
        }
    }

    @Test func historyCanBeIgnored() async throws {
        try await withDocument { client in
            let messages: JSONValue = [
                ["role": "system", "content": "Be brief."], ["role": "user", "content": "Where does Zoe live?"],
            ]
            let request = chat(
                .init("messages", messages), .init("ignoreHistory", .boolean(true)), .init("tools", .null))
            let reply = try await client.post("/v1/chat/completions", request)
            #expect(reply.body.contains("Oslo"))
        }
    }

    @Test func aLabelOfTwoDocumentsIsNone() async throws {
        try await withDocument { client in
            _ = try await client.post("/v1/documents", ["text": "Zoe works as a pilot.", "name": "zoe"])
            let reply = try await client.post("/v1/chat/completions", chat(model: "zoe"))
            #expect(reply.status == 400 && reply.body.contains("2 documents"))
        }
    }
}
