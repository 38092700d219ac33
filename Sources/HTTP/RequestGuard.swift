import Digests
import Foundation
import HTTPTypes
import Hummingbird
import JSONRPC
import Synchronization

/// Refuses requests that are not for this server, come from a page of elsewhere, carry no token, or come too fast,
/// before anything of their bodies is read.
struct RequestGuard: RouterMiddleware {
    typealias Context = ServiceContext

    private let configuration: HTTPConfiguration
    private let tokenDigest: [UInt8]?
    private let limiter: RateLimiter?

    /// What tells nothing and changes nothing is answered without a token, so that a person can be asked for it, and a
    /// proxy can see that the server lives.
    private static let openPaths: Set = ["/", "/page.css", "/page.js", "/health", "/ready"]

    init(_ configuration: HTTPConfiguration) {
        self.configuration = configuration
        tokenDigest = configuration.token.map(Self.digest)
        limiter = configuration.requestsPerSecond.map(RateLimiter.init)
    }

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let host = try requireOwnHost(request)
        let origin = try requireKnownOrigin(request, host: host)
        var response =
            if origin != nil, request.method == .options {
                Response(status: .noContent, headers: Self.preflight)
            } else {
                try await answer(request, context, next)
            }
        if let origin {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.vary] = "Origin"
        }
        return response
    }

    private func answer(
        _ request: Request, _ context: ServiceContext, _ next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        if let limiter, !limiter.admits(context.client) {
            throw Refusal(.tooManyRequests, "too many requests: send fewer a second", headers: [.retryAfter: "1"])
        }
        if let tokenDigest, !Self.openPaths.contains(request.uri.path) {
            guard Self.areEqual(Self.digest(Self.bearerToken(request) ?? ""), tokenDigest) else {
                throw Refusal(
                    .unauthorized, "a token is required: send it as Authorization: Bearer TOKEN",
                    headers: [.wwwAuthenticate: "Bearer"])
            }
        }
        return try await next(request, context)
    }

    /// A page of elsewhere can have its own name lead to this machine (DNS rebinding); its requests then carry that name.
    private func requireOwnHost(_ request: Request) throws(Refusal) -> String {
        guard let authority = request.head.authority?.lowercased(), !authority.isEmpty else {
            throw Refusal(.badRequest, "the header Host is missing")
        }
        let name = authority.replacing(/:[0-9]*$/, with: "")
        guard HTTPConfiguration.isLoopback(name) || configuration.hostNames.contains(name) else {
            throw Refusal(.misdirectedRequest, "this server is not called \(name.prefix(80)): have the name allowed")
        }
        return authority
    }

    /// - Returns: The origin of another site that may read the answer; nil for the server's own page, and where there is
    ///   none.
    private func requireKnownOrigin(_ request: Request, host: String) throws(Refusal) -> String? {
        guard let origin = request.headers[.origin]?.lowercased() else { return nil }
        if configuration.origins.contains(origin) { return origin }
        guard ["http://\(host)", "https://\(host)"].contains(origin) else {
            throw Refusal(.forbidden, "pages of \(origin.prefix(80)) may not use this server: have the origin allowed")
        }
        return nil
    }

    private static let preflight: HTTPFields = [
        .accessControlAllowMethods: "GET, POST, DELETE",
        .accessControlAllowHeaders: "Authorization, Content-Type, Accept, Mcp-Session-Id, Mcp-Protocol-Version",
        .accessControlMaxAge: "600",
    ]

    private static func bearerToken(_ request: Request) -> String? {
        guard let value = request.headers[.authorization] else { return nil }
        let words = value.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return words[1].trimmingCharacters(in: .whitespaces)
    }

    private static func digest(_ token: String) -> [UInt8] {
        Array(Digest(of: Data(token.utf8)).hexadecimal.utf8)
    }

    /// Compares in a time that does not depend on where they differ.
    private static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        first.count == second.count && zip(first, second).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Bounds the requests of each address: each has a bucket of tokens, which is filled at a rate and holds a second's worth.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: ContinuousClock.Instant
    }

    private let rate: Double
    private let buckets = Mutex<[String: Bucket]>([:])

    /// The most addresses that are remembered; those whose buckets are full again are forgotten first.
    private static let addressLimit = 10_000

    /// - Parameter rate: Requests a second.
    init(rate: Double) { self.rate = rate }

    /// Whether an address may send a request now; takes a token if so.
    func admits(_ address: String, now: ContinuousClock.Instant = .now) -> Bool {
        let capacity = max(rate, 1)
        return buckets.withLock { buckets in
            if buckets.count >= Self.addressLimit, buckets[address] == nil {
                buckets = buckets.filter { $0.value.tokens + (now - $0.value.filled) / .seconds(1) * rate < capacity }
                if buckets.count >= Self.addressLimit { return false }
            }
            var bucket = buckets[address] ?? Bucket(tokens: capacity, filled: now)
            bucket.tokens = min(capacity, bucket.tokens + (now - bucket.filled) / .seconds(1) * rate)
            bucket.filled = now
            let isAdmitted = bucket.tokens >= 1
            if isAdmitted { bucket.tokens -= 1 }
            buckets[address] = bucket
            return isAdmitted
        }
    }
}
