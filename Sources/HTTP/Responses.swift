import HTTPFormats
import HTTPTypes
import Hummingbird
import JSONRPC
import StrictJSON

/// A request that is not served, with what HTTP says of that.
struct Refusal: Error {
    let status: HTTPResponse.Status
    let error: RPCError
    var headers: HTTPFields = [:]
    /// Whether what the client goes on sending is not to be read.
    var closesConnection = false

    init(
        _ status: HTTPResponse.Status, _ message: String, code: RPCError.Code = .invalidRequest,
        headers: HTTPFields = [:], closesConnection: Bool = false
    ) {
        self.init(status, RPCError(code, message), headers: headers, closesConnection: closesConnection)
    }

    private init(
        _ status: HTTPResponse.Status, _ error: RPCError, headers: HTTPFields = [:], closesConnection: Bool = false
    ) {
        (self.status, self.error) = (status, error)
        (self.headers, self.closesConnection) = (headers, closesConnection)
    }

    /// The refusal that tells of whatever was thrown.
    init(answering error: any Error) {
        switch error {
        case let refusal as Refusal:
            self = refusal
        case let error as any HTTPResponseError:
            self.init(
                error.status,
                error.status == .notFound ? "there is nothing here for this method" : error.status.reasonPhrase)
        default:
            let error = RPCError(answering: error)
            let status = Self.status(of: error.code)
            self.init(status, error, headers: status == .serviceUnavailable ? [.retryAfter: "1"] : [:])
        }
    }

    private static func status(of code: RPCError.Code) -> HTTPResponse.Status {
        switch code {
        case .parseError, .invalidRequest, .invalidParameters, .headerMismatch, .unsupportedRevision: .badRequest
        case .unknownMethod, .unknownDocument: .notFound
        case .overLimit: .contentTooLarge
        case .diverged: .unprocessableContent
        case .queueFull, .shuttingDown, .cancelled: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }

    /// What is said of it, in the members that clients of OpenAI's interface read, with the protocol's code.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("code", .integer(error.code.rawValue)), .init("message", .string(error.message)),
            .init("type", .string(type)), .init("param", .optional(error.parameter)),
        ]
        if error.isRetryable { members.append(.init("retryable", .boolean(true))) }
        return ["error": .object(members)]
    }

    private var type: String {
        switch status {
        case .unauthorized: "authentication_error"
        case .forbidden: "permission_error"
        case .notFound: "not_found_error"
        case .tooManyRequests: "rate_limit_error"
        case .internalServerError, .serviceUnavailable: "server_error"
        default: "invalid_request_error"
        }
    }

    var response: Response {
        var response = Response(status: status, json: json)
        for field in headers { response.headers[field.name] = field.value }
        return response
    }
}

extension Response {
    init(status: HTTPResponse.Status = .ok, json: JSONValue) {
        self.init(status: status, bytes: json.bytes, type: "application/json")
    }

    init(status: HTTPResponse.Status = .ok, bytes: [UInt8], type: String) {
        self.init(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A stream of events, whose work is cancelled when the client goes away.
    ///
    /// - Parameter produce: Sends events, of which each is bytes of the stream, until it returns.
    init(
        eventsFor request: Request, headers: HTTPFields = [:],
        produce: @escaping @Sendable (_ send: @escaping @Sendable ([UInt8]) -> Void) async -> Void
    ) {
        var all: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store", .connection: "close",
            // Proxies are not to wait for more before they pass on what there is.
            .buffering: "no",
        ]
        for field in headers { all[field.name] = field.value }
        self.init(
            status: .ok, headers: all,
            body: ResponseBody { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    for await event in Self.events(produce) { try await writer.write(ByteBuffer(bytes: event)) }
                }
                try await writer.finish(nil)
            })
    }

    /// Who goes away without a word is noticed when something is sent.
    private static let pulse = Duration.seconds(15)

    private static func events(
        _ produce: @escaping @Sendable (_ send: @escaping @Sendable ([UInt8]) -> Void) async -> Void
    ) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            let work = Task {
                await produce { continuation.yield($0) }
                continuation.finish()
            }
            let pulse = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: Self.pulse)
                    continuation.yield(ServerSentEvent.comment)
                }
            }
            continuation.onTermination = { _ in
                work.cancel()
                pulse.cancel()
            }
        }
    }
}

// The names of headers that HTTPTypes does not have.
extension HTTPField.Name {
    static let buffering = Self(known: "X-Accel-Buffering")
    static let referrerPolicy = Self(known: "Referrer-Policy")
    static let requestID = Self(known: "X-Request-Id")
    static let contextProtocolSession = Self(known: "Mcp-Session-Id")
    static let contextProtocolVersion = Self(known: "Mcp-Protocol-Version")
    static let contextProtocolMethod = Self(known: "Mcp-Method")
    static let contextProtocolName = Self(known: "Mcp-Name")

    private init(known name: String) {
        guard let made = Self(name) else { preconditionFailure("\(name) is no header's name") }
        self = made
    }
}
