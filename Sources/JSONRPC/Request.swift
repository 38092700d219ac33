import StrictJSON

/// The id by which a client matches replies to its requests (JSON-RPC 2.0, section 4).
public enum RequestID: Sendable, Equatable {
    case integer(Int)
    case string(String)
    case null

    /// Reads an id; nil for what cannot be one: a fraction, a boolean, an array, an object, or an integer past 64 bits.
    init?(_ value: JSONValue) {
        switch value {
        case .integer(let integer): self = .integer(integer)
        case .string(let text): self = .string(text)
        case .null: self = .null
        case .boolean, .number, .array, .object: return nil
        }
    }

    var json: JSONValue {
        switch self {
        case .integer(let integer): .integer(integer)
        case .string(let text): .string(text)
        case .null: .null
        }
    }
}

/// A request, or without an id a notification, which is never replied to.
struct Request: Sendable {
    let id: RequestID?
    let method: String
    let parameters: JSONValue?

    /// - Throws: ``RPCError`` with code ``RPCError/Code/invalidRequest``.
    init(_ message: JSONValue) throws(RPCError) {
        guard case .object = message else {
            throw RPCError(.invalidRequest, "a request is an object, not \(message.kind)")
        }
        guard message["jsonrpc"] == "2.0" else {
            throw RPCError(.invalidRequest, "jsonrpc must be \"2.0\"")
        }
        if let value = message["id"] {
            guard let id = RequestID(value) else {
                throw RPCError(.invalidRequest, "id must be a string, a 64-bit integer or null, not \(value.kind)")
            }
            self.id = id
        } else {
            id = nil
        }
        guard let method = message["method"]?.text else {
            throw RPCError(.invalidRequest, "method must be given, as a string")
        }
        self.method = method
        parameters = message["params"]
    }
}

/// A reply to one request.
enum Reply {
    static func result(_ result: JSONValue, id: RequestID) -> JSONValue {
        ["jsonrpc": "2.0", "id": id.json, "result": result]
    }

    static func error(_ error: RPCError, id: RequestID) -> JSONValue {
        ["jsonrpc": "2.0", "id": id.json, "error": error.json]
    }
}

/// A line that is not UTF-8.
struct InvalidUTF8: Sendable {
    /// The first byte, counted from 0, that belongs to no character.
    let byte: Int
    /// The id of the request in which it occurs, or null where it cannot be told.
    let id: RequestID
    /// The parameter in which it occurs, where that can be told.
    let parameter: String?

    /// Returns nil for a line that is UTF-8.
    init?(line: [UInt8]) {
        guard String(validating: line, as: UTF8.self) == nil else { return nil }
        // Decoding repairs: each invalid sequence becomes U+FFFD, so the first difference is the first fault.
        let repaired = String(decoding: line, as: UTF8.self)
        byte = zip(line, repaired.utf8).prefix { $0 == $1 }.count
        let message = try? JSONParser.parse(Array(repaired.utf8))
        id = message?["id"].flatMap(RequestID.init) ?? .null
        parameter = Self.parameter(in: message)
    }

    /// The one parameter that holds a replacement character; nil where several do, since any may be at fault.
    private static func parameter(in message: JSONValue?) -> String? {
        guard case .object(let parameters) = message?["params"] else { return nil }
        let repaired = parameters.filter { $0.value.text?.unicodeScalars.contains("\u{FFFD}") == true }
        return repaired.count == 1 ? repaired.first?.name : nil
    }

    var error: RPCError {
        let reason = "invalid UTF-8 at byte \(byte) of the line: encode the line as UTF-8"
        guard let parameter else { return RPCError(.invalidParameters, reason) }
        return .invalid(parameter.shortened, reason)
    }
}

/// The JSON of the protocol's lines.
public enum JSONParser {
    /// How deeply arrays and objects may be nested.
    static let depthLimit = 256

    /// Parses a text that holds one value.
    ///
    /// - Throws: ``RPCError`` with code ``RPCError/Code/parseError``.
    public static func parse(_ text: [UInt8]) throws(RPCError) -> JSONValue {
        do {
            return JSONValue(try JSONReader.read(text, depthLimit: depthLimit))
        } catch {
            throw RPCError(.parseError, "not JSON \(error)")
        }
    }
}
