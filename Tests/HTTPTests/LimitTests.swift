import FakeServices
import Foundation
import HTTP
import StrictJSON
import Testing

/// What a server puts up with. These connections have deadlines, which the whole suite on two cores lets pass; so `make
/// test-service` runs them by themselves.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["PERK_TEST_SERVICE"] != nil), .serialized)
struct LimitTests {
    private func head(_ client: LoopbackClient, _ headers: String) -> String {
        "POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n\(headers)\r\n"
    }

    @Test func bodiesOverTheLimitAreNotRead() async throws {
        try await withServer(change: { $0.bodyBytes = 1_000 }) { client in
            let stated = try await client.raw(head(client, "Content-Length: 1000000000\r\n"))
            #expect(stated.status == 413 && stated.headers["connection"] == "close")
            let chunk = "3E8\r\n" + String(repeating: "a", count: 1_000) + "\r\n"
            let chunked = try await client.raw(head(client, "Transfer-Encoding: chunked\r\n") + chunk + chunk)
            #expect(chunked.status == 413)
            let text = String(repeating: "a", count: 1_000)
            let whole = try await client.request(
                "POST", "/v1/documents", headers: ["Content-Type": "text/plain"], body: text)
            #expect(whole.status == 200)
        }
    }

    @Test func slowBodiesAreRefused() async throws {
        try await withServer(change: { $0.bodySeconds = 0.2 }) { client in
            let reply = try await client.raw(head(client, "Content-Length: 4\r\n") + "a")
            #expect(reply.status == 408)
        }
    }

    @Test func connectionsThatRestAreClosed() async throws {
        try await withServer(change: { $0.idleSeconds = 0.2 }) { client in
            await #expect(throws: LoopbackClient.ConnectionError.self) { try await client.raw("GET / HT") }
            await #expect(throws: LoopbackClient.ConnectionError.self) { try await client.raw("") }
        }
    }

    @Test(arguments: [
        "Transfer-Encoding: chunked\r\n\r\nZZ\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nx",
        "Content-Length: -1\r\n\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", "Content Length: 1\r\n\r\n",
    ])
    func malformedRequestsDoNoHarm(_ rest: String) async throws {
        let service = FakeService()
        try await withServer(service) { client in
            let reply = try await client.raw(
                "POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                    + rest)
            #expect(reply.status == 400 || reply.status == 500 || reply.status == 503)
            #expect(try await service.documents().isEmpty)
            #expect(try await client.request("GET", "/health").status == 200)
        }
    }

    @Test func headersAreBounded() async throws {
        try await withServer { client in
            let long = String(repeating: "a", count: 20_000)
            let reply = try? await client.request("GET", "/health", headers: ["X-Long": long])
            #expect(reply?.status != 200)
            let next = try await client.request("GET", "/health")
            #expect(next.status == 200)
        }
    }

    @Test func aTextThatIsBrokenOffIsNotLearned() async throws {
        let service = FakeService()
        try await withServer(service) { client in
            let descriptor = try client.connected()
            let text = head(client, "Transfer-Encoding: chunked\r\n") + "5\r\nZoe. \r\n"
            _ = text.withCString { send(descriptor, $0, strlen($0), 0) }
            try await Task.sleep(for: .milliseconds(100))
            close(descriptor)
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await service.documents().isEmpty && service.callCount == 0)
        }
    }

    @Test func whoGoesAwayCancelsTheWork() async throws {
        let service = FakeService()
        try await withServer(service) { client in
            let descriptor = try client.connected()
            let text = head(client, "Content-Length: 7\r\n") + "ENDLESS"
            _ = text.withCString { send(descriptor, $0, strlen($0), 0) }
            try await waitForSubmissions(1, of: service)
            close(descriptor)
            // Nothing but a cancellation ends it.
            try await waitForSubmissions(0, of: service)
            #expect(try await service.documents().isEmpty)
        }
    }

    @Test func manyConnectionsMayRest() async throws {
        try await withServer { client in
            let resting = try (0..<200).map { _ in try client.connected() }
            defer { resting.forEach { close($0) } }
            #expect(try await client.request("GET", "/health").status == 200)
        }
    }

    @Test func operatorsSeeHowItFares() async throws {
        try await withServer { client in
            #expect(try await client.request("GET", "/ready").json()["status"] == "ready")
            _ = try await client.request("GET", "/nothing/here")
            let metrics = try await client.request("GET", "/metrics")
            #expect(metrics.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let lines = metrics.body.split(separator: "\n")
            #expect(lines.contains("perk_http_requests_total{route=\"/ready\",method=\"GET\",status=\"200\"} 1"))
            #expect(lines.contains("perk_http_requests_total{route=\"NotFound\",method=\"GET\",status=\"404\"} 1"))
            #expect(lines.contains("perk_waiting_requests 2"))
        }
    }
}
