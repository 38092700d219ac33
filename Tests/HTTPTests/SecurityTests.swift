import FakeServices
import Foundation
import StrictJSON
import Testing

@testable import HTTP

@Suite struct SecurityTests {
    private static let token = "0123456789abcdef"

    @Test(arguments: [
        ("localhost", 200), ("LOCALHOST:1", 200), ("127.0.0.1:8080", 200), ("127.8.0.1", 200), ("[::1]:80", 200),
        ("perk.example.org:443", 200), ("example.org", 421), ("127.0.0.1.example.org", 421), ("128.0.0.1", 421),
        ("localhost.", 421), ("127.0.0", 421), ("perk.example.org@example.org", 421),
    ])
    func theServersNameMustBeKnown(_ host: String, status: Int) async throws {
        try await withServer(change: { $0.hostNames = ["perk.example.org"] }) { client in
            let reply = try await client.request("GET", "/health", headers: ["Host": host])
            #expect(reply.status == status)
        }
    }

    @Test func aRequestWithoutHostIsRefused() async throws {
        try await withServer { client in
            let reply = try await client.request("GET", "/health", headers: ["Host": ""])
            #expect(reply.status == 400)
        }
    }

    @Test(
        arguments: [
            (nil, 401), ("Bearer", 401), ("Bearer 0123456789abcdeF", 401), ("Bearer 0123456789abcdef0", 401),
            ("Basic 0123456789abcdef", 401), ("Bearer 0123456789abcdef", 200), ("bearer  0123456789abcdef", 200),
        ] as [(String?, Int)])
    func theTokenMustBeRight(_ value: String?, status: Int) async throws {
        try await withServer(change: { $0.token = Self.token }) { client in
            let reply = try await client.request(
                "GET", "/v1/documents", headers: value.map { ["Authorization": $0] } ?? [:])
            #expect(reply.status == status)
            #expect((reply.headers["www-authenticate"] == "Bearer") == (status == 401))
            for path in ["/", "/page.js", "/health", "/ready"] {
                #expect(try await client.request("GET", path).status == 200)
            }
            #expect(try await client.request("GET", "/metrics").status == 401)
        }
    }

    @Test(
        arguments: [
            ("0.0.0.0", nil), ("::", nil), ("192.168.0.1", nil), ("example.org", nil), ("127.0.0.1", "short"),
            ("127.0.0.1", "with a space in it, long"),
        ] as [(String, String?)])
    func nobodyElseIsServedWithoutAToken(_ host: String, token: String?) {
        #expect(throws: HTTPConfigurationError.self) { try HTTPConfiguration(host: host, token: token).validate() }
        #expect(throws: Never.self) { try HTTPConfiguration(host: host, token: Self.token).validate() }
    }

    @Test func pagesOfElsewhereMayNotUseIt() async throws {
        try await withServer(change: { $0.origins = ["https://good.example"] }) { client in
            func reply(_ method: String, _ origin: String) async throws -> LoopbackClient.Reply {
                try await client.request(method, "/v1/documents", headers: ["Origin": origin])
            }
            #expect(try await reply("GET", "https://bad.example").status == 403)
            #expect(try await reply("OPTIONS", "https://bad.example").status == 403)
            #expect(try await reply("GET", "null").status == 403)
            let own = try await reply("GET", "http://localhost:\(client.port)")
            #expect(own.status == 200 && own.headers["access-control-allow-origin"] == nil)
            let named = try await reply("GET", "https://good.example")
            #expect(named.status == 200 && named.headers["access-control-allow-origin"] == "https://good.example")
            #expect(try await reply("OPTIONS", "https://good.example").status == 204)
        }
    }

    @Test func anAddressIsHeldToItsRate() {
        let limiter = RateLimiter(rate: 2)
        let start = ContinuousClock.now
        #expect((0..<3).map { _ in limiter.admits("a", now: start) } == [true, true, false])
        #expect(limiter.admits("b", now: start))
        #expect(limiter.admits("a", now: start + .milliseconds(500)))
        #expect(!limiter.admits("a", now: start + .milliseconds(600)))
    }

    @Test func tooManyRequestsAreRefused() async throws {
        try await withServer(change: { $0.requestsPerSecond = 1e-3 }) { client in
            #expect(try await client.request("GET", "/health").status == 200)
            let second = try await client.request("GET", "/health")
            #expect(second.status == 429 && second.headers["retry-after"] == "1")
        }
    }

    @Test func answersTellBrowsersToBeCareful() async throws {
        try await withServer { client in
            let page = try await client.request("GET", "/")
            #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            #expect(page.headers["x-content-type-options"] == "nosniff")
            #expect(page.headers["x-request-id"]?.isEmpty == false)
            #expect(!page.body.contains("http"))
            for path in ["/page.css", "/page.js"] {
                let file = try await client.request("GET", path)
                #expect(file.status == 200 && !file.body.contains("https://"))
            }
        }
    }
}
