import DocumentService
import Foundation
import HTTPFormats
import HTTPTypes
import Hummingbird
import JSONRPC
import MCP
import StrictJSON
import Synchronization

/// The Model Context Protocol over HTTP (the transport "streamable HTTP"): each message is a request of its own, which
/// is answered with JSON, or with events where it asks for progress.
struct ContextProtocolRoutes: Sendable {
    let sessions: ContextProtocolSessions
    let configuration: HTTPConfiguration

    private static let path: RouterPath = "/mcp"

    func add(to router: Router<ServiceContext>) {
        router.post(Self.path) { request, _ in
            try await answer(ReceivedRequest(request, configuration))
        }
        // There is nothing that the server says unasked.
        router.get(Self.path) { _, _ in Response(status: .methodNotAllowed, headers: [.allow: "POST, DELETE"]) }
        router.delete(Self.path) { request, _ in
            Response(status: sessions.end(request.headers[.contextProtocolSession] ?? "") ? .noContent : .notFound)
        }
    }

    private func answer(_ received: ReceivedRequest) async throws -> Response {
        let message = try received.json()
        try ContextProtocolHeaders.check(received.request.headers, message)
        let method = message["method"]?.text
        let (handler, session) = try sessions.handler(
            named: received.request.headers[.contextProtocolSession], begins: method == "initialize")
        var headers: HTTPFields = [:]
        if method == "initialize", let session { headers[.contextProtocolSession] = session }
        let body = received.body
        if received.acceptsEvents, message["params"]?["_meta"]?["progressToken"] != nil {
            return Response(eventsFor: received.request, headers: headers) { send in
                await handler.finish(body, isAlone: session == nil) {
                    send(ServerSentEvent.bytes(String(decoding: $0, as: UTF8.self)))
                }
            }
        }
        let last = LastMessage()
        // A request of an agreed session is cancelled by a notification, and one that stands alone by going away.
        var response: Response
        if session == nil {
            response = try await received.whileConnected {
                await handler.finish(body, isAlone: true, send: last.keep)
                return Self.response(to: message, last.bytes)
            }
        } else {
            await handler.finish(body, isAlone: false, send: last.keep)
            response = Self.response(to: message, last.bytes)
        }
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    /// Keeps what a handler said last.
    private final class LastMessage: Sendable {
        private let message = Mutex<[UInt8]?>(nil)

        var bytes: [UInt8]? { message.withLock { $0 } }

        @Sendable func keep(_ bytes: [UInt8]) { message.withLock { $0 = bytes } }
    }

    /// - Parameter reply: What the handler said last; nil where nothing is to be said, as to a notification.
    private static func response(to message: JSONValue, _ reply: [UInt8]?) -> Response {
        guard let reply else { return Response(status: .accepted) }
        let code = (try? JSONParser.parse(reply))?["error"]?["code"]
        // Up to 2025-11-25 every reply is a success of HTTP; from 2026-07-28 on errors of the protocol are not.
        guard let code, message["params"]?["_meta"]?["io.modelcontextprotocol/protocolVersion"] != nil else {
            return Response(bytes: reply, type: "application/json")
        }
        let status: HTTPResponse.Status =
            code == .integer(RPCError.Code.unknownMethod.rawValue)
            ? .notFound : code == .integer(RPCError.Code.internalError.rawValue) ? .ok : .badRequest
        return Response(status: status, bytes: reply, type: "application/json")
    }
}

extension MessageHandler {
    /// Serves one message to its end.
    ///
    /// - Parameter isAlone: Whether the handler serves nothing else, and stops when this task is cancelled.
    fileprivate func finish(
        _ message: [UInt8], isAlone: Bool, send: @escaping @Sendable ([UInt8]) -> Void
    ) async {
        let served = serve(message, send: send)
        await withTaskCancellationHandler {
            await served.value
        } onCancel: {
            if isAlone { cancelAll() }
        }
    }
}

/// What the headers of a message must say of it.
private enum ContextProtocolHeaders {
    /// - Throws: `RPCError` where a header names another revision, method or thing than the message does.
    static func check(_ headers: HTTPFields, _ message: JSONValue) throws(RPCError) {
        let stated = message["params"]?["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.text
        guard let stated else {
            let version = headers[.contextProtocolVersion] ?? ProtocolRevision.agreeable[0]
            guard ProtocolRevision.agreeable.contains(version) || version == ProtocolRevision.current else {
                throw RPCError(.invalidRequest, "the header Mcp-Protocol-Version names no revision that is known")
            }
            return
        }
        let method = message["method"]?.text
        let name = message["params"]?[method == "resources/read" ? "uri" : "name"]?.text
        let namesSomething = ["tools/call", "resources/read"].contains(method)
        for (header, value) in [
            (HTTPField.Name.contextProtocolVersion, stated), (.contextProtocolMethod, method),
            (.contextProtocolName, namesSomething ? name : nil),
        ] {
            guard let value else { continue }
            guard headers[header].map(decoded) == value else {
                throw RPCError(.headerMismatch, "the header \(header) must say what the message does")
            }
        }
    }

    /// A value of a header, in Base64 where it would be no header's value otherwise: `=?base64?…?=`.
    private static func decoded(_ value: String) -> String? {
        guard value.hasPrefix("=?base64?"), value.hasSuffix("?=") else { return value }
        return Data(base64Encoded: String(value.dropFirst(9).dropLast(2))).flatMap { String(data: $0, encoding: .utf8) }
    }
}
