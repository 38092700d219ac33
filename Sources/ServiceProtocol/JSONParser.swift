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
