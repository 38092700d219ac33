import HTTPFormats
import Hummingbird
import JSONRPC
import StrictJSON

/// The service's methods over HTTP: a method's name is the path, its parameters are the body, its result is the answer.
///
/// Who accepts `text/event-stream` gets `progress` and `delta` events while the work is done, and last one `result` or
/// `error` event.
struct MethodRoutes: Sendable {
    private let methods: [String: Method]
    private let configuration: HTTPConfiguration

    init(methods: [String: Method], _ configuration: HTTPConfiguration) {
        (self.methods, self.configuration) = (methods, configuration)
    }

    func add(to router: Router<ServiceContext>) {
        for name in methods.keys {
            router.post("/api/\(name)") { request, _ in
                let received = try await ReceivedRequest(request, configuration)
                return try await answer(name, try received.json(), received)
            }
        }
    }

    /// The answer to one call.
    ///
    /// - Parameters:
    ///   - name: One of the methods.
    ///   - parameters: An object.
    func answer(_ name: String, _ parameters: JSONValue, _ received: ReceivedRequest) async throws -> Response {
        guard let method = methods[name] else { throw RPCError(.unknownMethod, "no method \(name)") }
        guard received.acceptsEvents else {
            let call = Call(parameters: try JSONRPC.Parameters(parameters, accepted: method.parameters))
            return try await received.whileConnected { Response(json: try await method.respond(call)) }
        }
        // What is wrong with the names is told before the stream begins.
        _ = try JSONRPC.Parameters(parameters, accepted: method.parameters)
        let all = try JSONRPC.Parameters(Self.askingForEvents(parameters, of: method), accepted: nil)
        return Response(eventsFor: received.request) { send in
            let call = Call(
                parameters: all,
                onProgress: {
                    send(Self.event("progress", .object(JSONValue.members(of: $0))))
                }, onText: { send(Self.event("delta", ["delta": .string($0)])) })
            do {
                send(Self.event("result", try await method.respond(call)))
            } catch {
                send(Self.event("error", Refusal(answering: error).json))
            }
        }
    }

    private static func event(_ name: String, _ value: JSONValue) -> [UInt8] {
        ServerSentEvent.bytes(value.description, name: name)
    }

    /// The parameters with those by which a method sends what there is to tell.
    private static func askingForEvents(_ parameters: JSONValue, of method: Method) -> JSONValue {
        guard case .object(let members) = parameters else { return parameters }
        let names = ["progress", "stream"]
        let asked = names.filter { method.parameters?.contains($0) == true }
        return .object(
            members.filter { !names.contains($0.name) } + asked.map { .init($0, .boolean(true)) })
    }
}
