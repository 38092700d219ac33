import Foundation

/// Where a server listens, whom it answers, and what it puts up with.
public struct HTTPConfiguration: Sendable {
    /// The address or name to listen on. Beyond this machine, a ``token`` is required.
    public var host: String
    /// The port to listen on; 0 takes a free one.
    public var port: Int
    /// What requests must carry as a bearer token; nil where nobody else can reach the server.
    public var token: String?
    /// The names that the header `Host` may have, beside those of this machine; without their ports.
    public var hostNames: Set<String> = []
    /// The origins whose pages may read answers: `https://example.org`; none unless named.
    public var origins: Set<String> = []
    /// The most bytes of a request's body.
    public var bodyBytes = 33_554_432
    /// The seconds that a body may take to arrive.
    public var bodySeconds = 60.0
    /// The seconds that a connection may rest, or take over a request's headers.
    public var idleSeconds = 60.0
    /// The most connections at once; more wait until some are closed.
    public var connections = 4096
    /// The requests that one address may send a second, with a second's worth at once; nil for no bound.
    public var requestsPerSecond: Double?
    /// The seconds that what is being computed may take once the server is asked to stop.
    public var graceSeconds = 30.0

    /// The most bytes of a request's headers.
    static let headerBytes = 16_384

    public init(host: String = "127.0.0.1", port: Int = 8080, token: String? = nil) {
        (self.host, self.port, self.token) = (host, port, token)
    }

    /// - Throws: ``HTTPConfigurationError``.
    func validate() throws(HTTPConfigurationError) {
        if let token {
            let isPrintable = token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            guard token.utf8.count >= 16, isPrintable else { throw .weakToken }
        } else if !Self.isLoopback(host) {
            throw .tokenRequired(host: host)
        }
    }

    /// Whether a host, without its port, is this machine and nothing else.
    static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}

/// Why a server does not start as it was configured.
public enum HTTPConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It would listen beyond this machine and answer anybody.
    case tokenRequired(host: String)
    case weakToken

    public var description: String {
        switch self {
        case .tokenRequired(let host):
            "\(host) can be reached from other machines: give a token that requests must carry, and put a proxy with TLS "
                + "in front"
        case .weakToken:
            "the token must have at least 16 printable ASCII characters and no space: make one of random bytes"
        }
    }
}
