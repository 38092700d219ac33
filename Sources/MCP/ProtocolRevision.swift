import JSONRPC
import StrictJSON

/// The revision of the Model Context Protocol that a request speaks.
///
/// Up to 2025-11-25 a client agrees on one by `initialize`, once; from 2026-07-28 on each request names its own in
/// `_meta`, and there is nothing to remember between two requests.
package enum ProtocolRevision: Sendable, Equatable {
    /// Agreed on before.
    case agreed
    /// Named by the request.
    case named

    /// The revision whose requests name it.
    package static let current = "2026-07-28"
    /// Those that are agreed on, newest first.
    package static let agreeable = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    private static let prefix = "io.modelcontextprotocol/"

    /// Reads `_meta` of a request's parameters.
    ///
    /// - Throws: `RPCError`: one with the code `unsupportedRevision`, whose data names those that are supported, or with
    ///   `invalidParameters` where what a request must say of itself is missing.
    package init(_ parameters: Parameters) throws(RPCError) {
        let meta = try parameters.optionalObject("_meta")
        guard let version = meta?[Self.prefix + "protocolVersion"] else {
            self = .agreed
            return
        }
        guard case .string(let version) = version else {
            throw .invalid("_meta", "\(Self.prefix)protocolVersion must be a string")
        }
        guard version == Self.current else {
            var error = RPCError(
                .unsupportedRevision, "unsupported protocol version \(version.prefix(60)): use \(Self.current)")
            error.details = [
                .init("supported", [.string(Self.current)]), .init("requested", .string(version)),
            ]
            throw error
        }
        guard case .object = meta?[Self.prefix + "clientCapabilities"] else {
            throw .invalid("_meta", "\(Self.prefix)clientCapabilities is missing; give an object")
        }
        self = .named
    }

    /// The revision to answer `initialize` with: the one that was asked for, where it can be agreed on.
    static func agreed(on requested: String) -> String {
        agreeable.contains(requested) ? requested : agreeable[0]
    }
}

/// For how long, and by whom, a result may be kept (2026-07-28).
enum ResultLifetime {
    /// Not at all: it is no result to keep.
    case none
    /// As long as the program runs; the same for everybody.
    case constant
    /// It may change at any moment, and is for those alone who may ask.
    case momentary

    var members: [JSONValue.Member] {
        switch self {
        case .none: []
        case .constant: [.init("ttlMs", .integer(3_600_000)), .init("cacheScope", "public")]
        case .momentary: [.init("ttlMs", .integer(0)), .init("cacheScope", "private")]
        }
    }
}

extension Method {
    /// A method of the protocol, whose result is completed as the request's revision asks for. Parameters that are not
    /// known are passed over, as the protocol has it.
    static func ofContextProtocol(
        _ lifetime: ResultLifetime = .none, respond: @escaping @Sendable (Call) async throws -> [JSONValue.Member]
    ) -> Method {
        Method(parameters: nil) { call in
            let revision = try ProtocolRevision(call.parameters)
            let members = try await respond(call)
            guard revision == .named else { return .object(members) }
            return .object([.init("resultType", "complete")] + members + lifetime.members)
        }
    }
}
