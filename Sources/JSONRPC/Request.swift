import StrictJSON

/// The id by which a client matches replies to its requests (JSON-RPC 2.0, section 4): a text, or a number of any size,
/// which is given back as it was written.
public enum RequestID: Sendable, Hashable {
    case number(String)
    case string(String)
    case null

    /// Reads an id; nil for what cannot be one: a boolean, an array, or an object.
    ///
    /// - Parameter text: the same value as it stands in the message, where that is known.
    init?(_ value: JSONValue, writtenAs text: ArraySlice<UInt8>? = nil) {
        switch value {
        case .integer, .number: self = .number(text.map { String(decoding: $0, as: UTF8.self) } ?? value.description)
        case .string(let text): self = .string(text)
        case .null: self = .null
        case .boolean, .array, .object: return nil
        }
    }

    /// Reads the id of the message that a text begins with, which may be cut off or faulty further on.
    init?(ofMessage text: ArraySlice<UInt8>) {
        guard let id = JSONSkimmer.value(of: "id", in: text), let value = try? JSONParser.parse(Array(id)) else {
            return nil
        }
        self.init(value, writtenAs: id)
    }

    /// The id in JSON.
    var bytes: [UInt8] {
        switch self {
        case .number(let text): Array(text.utf8)
        case .string(let text): JSONValue.string(text).bytes
        case .null: JSONValue.null.bytes
        }
    }
}

/// A request, or without an id a notification, which is never replied to.
struct Request: Sendable {
    let id: RequestID?
    let method: String
    let parameters: JSONValue?

    /// - Parameter text: the message as it was written.
    /// - Throws: ``RPCError`` with code ``RPCError/Code/invalidRequest``.
    init(_ message: JSONValue, text: ArraySlice<UInt8>) throws(RPCError) {
        guard case .object = message else {
            throw RPCError(.invalidRequest, "a request is an object, not \(message.kind)")
        }
        guard message["jsonrpc"] == "2.0" else {
            throw RPCError(.invalidRequest, "jsonrpc must be \"2.0\"")
        }
        if let value = message["id"] {
            guard let id = RequestID(value, writtenAs: JSONSkimmer.value(of: "id", in: text)) else {
                throw RPCError(.invalidRequest, "id must be a string, a number or null, not \(value.kind)")
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

/// The messages that the service writes. Ids stand in them as they came.
enum Message {
    static func result(_ result: JSONValue, id: RequestID) -> [UInt8] { reply("result", result, id) }

    static func error(_ error: RPCError, id: RequestID) -> [UInt8] { reply("error", error.json, id) }

    private static func reply(_ name: String, _ value: JSONValue, _ id: RequestID) -> [UInt8] {
        var bytes = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
        bytes += id.bytes
        bytes += ",\"\(name)\":".utf8
        bytes += value.bytes
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// A notification about a request; `members` stand behind its id.
    static func notification(_ method: String, id: RequestID, _ members: [JSONValue.Member]) -> [UInt8] {
        var bytes = Array("{\"jsonrpc\":\"2.0\",\"method\":\"\(method)\",\"params\":{\"id\":".utf8)
        bytes += id.bytes
        for member in members {
            bytes.append(UInt8(ascii: ","))
            bytes += JSONValue.string(member.name).bytes
            bytes.append(UInt8(ascii: ":"))
            bytes += member.value.bytes
        }
        bytes += "}}".utf8
        return bytes
    }

    static func batch(_ replies: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + replies.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
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
