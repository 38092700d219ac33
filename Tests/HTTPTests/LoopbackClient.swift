import FakeServices
import Foundation
import HTTP
import JSONRPC
import Logging
import StrictJSON
import Testing

/// A logger that keeps silent.
let quietLogger = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })

/// Runs `body` while a server of a fake service listens on a free port.
func withServer<Result>(
    _ service: FakeService = FakeService(), change: (inout HTTPConfiguration) -> Void = { _ in },
    _ body: (LoopbackClient) async throws -> Result
) async throws -> Result {
    var configuration = HTTPConfiguration(port: 0)
    configuration.bodyBytes = 100_000
    change(&configuration)
    let server = try HTTPServer(
        service: service, configuration: configuration, files: try AllowedDirectories([], byteLimit: 1_000),
        version: "1.2.3", logger: quietLogger)
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let running = Task {
        defer { continuation.finish() }
        try await server.run { continuation.yield($0) }
    }
    defer { running.cancel() }
    var iterator = ports.makeAsyncIterator()
    let port = try #require(await iterator.next())
    return try await body(LoopbackClient(port: port))
}

/// A client that sends what it is told to, byte for byte.
struct LoopbackClient: Sendable {
    let port: Int

    struct Reply: Sendable {
        let status: Int
        /// By their names in lower case.
        let headers: [String: String]
        let body: String

        func json() throws -> JSONValue { try JSONValue(parsing: body) }

        /// Names and data of the events of a stream.
        var events: [(name: String, data: String)] {
            body.components(separatedBy: "\n\n").filter { $0.contains("data: ") }.map { block in
                let lines = block.split(separator: "\n")
                let name = lines.first { $0.hasPrefix("event: ") }?.dropFirst(7) ?? ""
                let data = lines.filter { $0.hasPrefix("data: ") }.map { $0.dropFirst(6) }
                return (String(name), data.joined(separator: "\n"))
            }
        }
    }

    struct ConnectionError: Error { let reason: String }

    /// Sends a request and reads its answer, to the end of the connection.
    func request(
        _ method: String, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> Reply {
        var all = ["Host": "localhost:\(port)", "Connection": "close"]
        if let body { all["Content-Length"] = "\(body.utf8.count)" }
        all.merge(headers) { $1 }
        let lines = all.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return try await raw("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n\(body ?? "")")
    }

    /// Sends JSON to a path.
    func post(_ path: String, _ value: JSONValue, headers: [String: String] = [:]) async throws -> Reply {
        let type = ["Content-Type": "application/json"]
        return try await request("POST", path, headers: type.merging(headers) { $1 }, body: value.description)
    }

    /// Sends pieces, with a pause before each but the first, and reads to the end of the connection.
    func raw(_ pieces: String..., pause: Double = 0) async throws -> Reply {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try exchange(pieces, pause: pause) }) }
        }
    }

    private func exchange(_ pieces: [String], pause: Double) throws -> Reply {
        let descriptor = try connected()
        defer { close(descriptor) }
        for (index, piece) in pieces.enumerated() {
            if index > 0 { Thread.sleep(forTimeInterval: pause) }
            var rest = Array(piece.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                // A server that has heard enough may close; its answer is there to be read.
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
        }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            received += chunk[..<count]
        }
        return try Self.reply(received)
    }

    /// An open connection, for tests that let it rest or break it off.
    func connected() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        // No test waits longer.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard descriptor >= 0, result == 0 else { throw ConnectionError(reason: String(cString: strerror(errno))) }
        return descriptor
    }

    private static func reply(_ bytes: [UInt8]) throws -> Reply {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { throw ConnectionError(reason: "no answer: \(text)") }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw ConnectionError(reason: lines[0]) }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return (parts[0].lowercased(), parts.count > 1 ? parts[1] : "")
        }
        let fields = Dictionary(headers) { first, _ in first }
        var body = String(text[end.upperBound...])
        if fields["transfer-encoding"] == "chunked" { body = unchunked(Array(body.utf8)) }
        return Reply(status: status, headers: fields, body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) -> String {
        var rest = bytes[...]
        var body: [UInt8] = []
        while let end = rest.firstIndex(of: 0x0D),
            let count = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), count > 0
        {
            body += rest.dropFirst(end + 2 - rest.startIndex).prefix(count)
            rest = rest.dropFirst(end + 2 - rest.startIndex + count + 2)
        }
        return String(decoding: body, as: UTF8.self)
    }
}

extension JSONValue {
    init(parsing text: String) throws { self = try JSONParser.parse(Array(text.utf8)) }
}
