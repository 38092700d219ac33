import Foundation
import HTTPTypes
import Hummingbird
import JSONRPC
import NIOCore
import StrictJSON

/// What is known of a request beside itself.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The address that the request came from.
    let client: String
    /// By which the log and the answer name the request.
    let requestID: String
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        // A logger that keeps nothing has not kept the one that it was given either.
        requestID =
            source.logger[metadataKey: "hb.request.id"].map { "\($0)" }
            ?? String(UInt64.random(in: .min ... .max), radix: 16)
        channel = source.channel
        client = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// Closes the connection once what was written has gone out: the rest of a body that was refused is not read.
    func closeConnection() {
        channel.close(mode: .output, promise: nil)
        channel.eventLoop.scheduleTask(in: .seconds(1)) { [channel] in channel.close(promise: nil) }
    }
}

/// A request whose body is there.
struct ReceivedRequest: Sendable {
    let request: Request
    let body: [UInt8]

    /// Waits for the body.
    ///
    /// - Throws: ``Refusal``, after which the connection must be closed, where the body is too large or too slow.
    init(_ request: Request, _ configuration: HTTPConfiguration) async throws {
        let limit = configuration.bodyBytes
        let tooLarge = Refusal(
            .contentTooLarge, "the body has more than \(limit) bytes, the limit of this server", code: .overLimit,
            closesConnection: true)
        guard request.headers[.contentLength].flatMap({ Int($0) }) ?? 0 <= limit else { throw tooLarge }
        do {
            (self.request, body) = try await withThrowingTaskGroup(of: (Request, [UInt8]).self) { group in
                group.addTask {
                    var request = request
                    let buffer = try await request.collectBody(upTo: limit)
                    return (request, Array(buffer.readableBytesView))
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(configuration.bodySeconds))
                    throw Refusal(
                        .requestTimeout, "the body took more than \(configuration.bodySeconds) seconds to arrive",
                        closesConnection: true)
                }
                defer { group.cancelAll() }
                guard let received = try await group.next() else { throw CancellationError() }
                return received
            }
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }

    /// The type of the body without its parameters, in lower case.
    var mediaType: String {
        let value = request.headers[.contentType] ?? ""
        return value.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    /// The body as JSON; an empty one counts as an object without members.
    ///
    /// - Throws: `RPCError`, or ``Refusal`` where the body is said to be something else.
    func json() throws -> JSONValue {
        guard mediaType == "application/json" || body.isEmpty else {
            throw Refusal(.unsupportedMediaType, "send JSON, with Content-Type: application/json")
        }
        return body.isEmpty ? [:] : try JSONParser.parse(body)
    }

    /// The body as text.
    ///
    /// - Throws: `RPCError` where it is not UTF-8.
    func text() throws(RPCError) -> String {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw .invalid("text", "invalid UTF-8: encode the text as UTF-8")
        }
        return text
    }

    /// Whether the client wants events.
    var acceptsEvents: Bool { request.headers[values: .accept].contains { $0.contains("text/event-stream") } }

    /// What `work` returns; it is cancelled when the client goes away.
    ///
    /// The connection is closed after the answer, which says so.
    func whileConnected(_ work: () async throws -> Response) async throws -> Response {
        var response = try await request.body.consumeWithCancellationOnInboundClose { _ in try await work() }
        response.headers[.connection] = "close"
        return response
    }
}
