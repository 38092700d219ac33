import DocumentService
import HTTPFormats
import HTTPTypes
import Synchronization

/// How many requests there were, how they ended, and how long their answers took to begin.
final class RequestMetrics: Sendable {
    private struct Key: Hashable, Comparable {
        let route, method, status: String

        static func < (first: Key, second: Key) -> Bool {
            (first.route, first.method, first.status) < (second.route, second.method, second.status)
        }
    }

    private struct State {
        var requests: [Key: Int] = [:]
        var seconds: [String: Histogram] = [:]
    }

    private let state = Mutex(State())

    private static let bounds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .delete, .options, .patch]

    /// - Parameter route: The template of the path, not the path, of which there are few.
    func observe(route: String, method: HTTPRequest.Method, status: HTTPResponse.Status, seconds: Double) {
        let method = Self.methods.contains(method) ? method.rawValue : "other"
        state.withLock { state in
            state.requests[Key(route: route, method: method, status: "\(status.code)"), default: 0] += 1
            state.seconds[route, default: Histogram(bounds: Self.bounds)].observe(seconds)
        }
    }

    /// What Prometheus reads: the requests, and how the service fares.
    func text(_ status: ServiceStatus) -> String {
        let (requests, seconds) = state.withLock { ($0.requests, $0.seconds) }
        var text = PrometheusText()
        text.add(
            "perk_http_requests_total", .counter, help: "Requests by route, method and status.",
            requests.sorted { $0.key < $1.key }.map {
                .init(
                    Double($0.value),
                    labels: [("route", $0.key.route), ("method", $0.key.method), ("status", $0.key.status)])
            })
        text.add(
            "perk_http_request_seconds", .histogram, help: "The time until an answer began.",
            seconds.sorted { $0.key < $1.key }.flatMap { $0.value.samples(labels: [("route", $0.key)]) })
        for (name, kind, help, value) in Self.gauges(of: status) { text.add(name, kind, help: help, [.init(value)]) }
        text.add(
            "perk_info", .gauge, help: "The program's version and the digest of the model.",
            [.init(1, labels: [("version", status.version), ("model_digest", status.modelDigest)])])
        return text.text
    }

    private static func gauges(
        of status: ServiceStatus
    ) -> [(name: String, kind: PrometheusText.Kind, help: String, value: Double)] {
        [
            ("perk_uptime_seconds", .gauge, "Since the service was made.", status.uptime),
            ("perk_encoding_documents", .gauge, "Documents being learned.", Double(status.queue.encoding)),
            ("perk_waiting_requests", .gauge, "Documents and questions that wait.", Double(status.queue.waiting)),
            ("perk_cache_documents", .gauge, "Adapters in the cache.", Double(status.cache.documents)),
            ("perk_cache_bytes", .gauge, "Bytes of the cache.", Double(status.cache.bytes)),
            ("perk_cache_hits_total", .counter, "Look-ups that found an adapter.", Double(status.cache.hits)),
            ("perk_cache_misses_total", .counter, "Look-ups that found none.", Double(status.cache.misses)),
        ]
    }
}
