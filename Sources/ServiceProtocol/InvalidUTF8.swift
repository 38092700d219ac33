import StrictJSON

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
