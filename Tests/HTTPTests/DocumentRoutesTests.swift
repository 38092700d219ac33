import FakeServices
import StrictJSON
import Testing

@Suite struct DocumentRoutesTests {
    @Test func documentsAreSentAsText() async throws {
        try await withServer { client in
            let sent = try await client.request(
                "POST", "/v1/documents?name=a%20b&keepText=true",
                headers: ["Content-Type": "text/plain; charset=utf-8"], body: "Zoe lives in Oslo.")
            let document = try #require(try sent.json()["document"]?.text)
            let known = try await client.request("GET", "/v1/documents/\(document)").json()
            #expect(known["document"] == .string(document) && known["name"] == "a b")
            let appended = try await client.post(
                "/api/documents/append", ["document": .string(document), "text": "x."])
            #expect(try appended.json()["previous"] == .string(document))
            let escaped = document.replacing(":", with: "%3A")
            #expect(try await client.request("DELETE", "/v1/documents/\(escaped)").status == 200)
            #expect(try await client.request("DELETE", "/v1/documents/\(escaped)").status == 404)
            #expect(try await client.request("GET", "/v1/documents/\(document)").status == 404)
            let odd = try await client.request(
                "POST", "/v1/documents?nam=a", headers: ["Content-Type": "text/plain"], body: "Zoe.")
            #expect(try odd.json()["error"]?["param"] == "nam")
        }
    }

    private func form(_ parts: [(headers: String, content: String)]) -> String {
        let texts = parts.map { "--b\r\nContent-Disposition: form-data; \($0.headers)\r\n\r\n\($0.content)\r\n" }
        return texts.joined() + "--b--\r\n"
    }

    @Test func documentsAreSentAsForms() async throws {
        try await withServer { client in
            let type = ["Content-Type": "multipart/form-data; boundary=b"]
            let one = try await client.request(
                "POST", "/v1/documents", headers: type,
                body: form([("name=\"file\"; filename=\"zoe.txt\"", "Zoe lives in Oslo.")]))
            #expect(try one.json()["document"] == .string(FakeService.identifier(of: "Zoe lives in Oslo.")))
            let two = try await client.request(
                "POST", "/v1/documents", headers: type,
                body: form([("name=file; filename=a", "A."), ("name=text", "B."), ("name=name", "both")]))
            #expect(try two.json()["document"] == .string(FakeService.identifier(of: "Part 1.\nA.\n\nPart 2.\nB.")))
            let names = try await client.request("GET", "/v1/documents").body
            #expect(names.contains("zoe.txt") && names.contains("both"))
            let odd = try await client.request(
                "POST", "/v1/documents", headers: type, body: form([("name=colour", "A.")]))
            #expect(try odd.json()["error"]?["param"] == "colour")
            let broken = try await client.request("POST", "/v1/documents", headers: type, body: "--b\r\n")
            #expect(broken.status == 400)
        }
    }

    @Test func documentsAreSentAsJSON() async throws {
        try await withServer { client in
            let reply = try await client.post("/v1/documents", ["text": "LONG text here"])
            guard case .array(let warnings)? = try reply.json()["warnings"] else {
                Issue.record("no warnings")
                return
            }
            #expect(warnings.count == 1)
        }
    }
}
