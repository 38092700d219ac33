import StrictJSON

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

extension JSONValue {
    /// The same value with its strings as `String`s. A number with a fraction of zero counts as an integer.
    init(_ tree: JSONTree) {
        switch tree {
        case .null: self = .null
        case .boolean(let boolean): self = .boolean(boolean)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = Int(exactly: number).map { .integer($0) } ?? .number(number)
        case .string(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
        case .array(let elements): self = .array(elements.map { JSONValue($0) })
        case .object(let members):
            self = .object(members.map { Member(String(decoding: $0.name, as: UTF8.self), JSONValue($0.value)) })
        }
    }
}
