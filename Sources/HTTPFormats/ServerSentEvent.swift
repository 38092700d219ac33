/// One event of a stream of them (`text/event-stream`; HTML standard, section 9.2).
public enum ServerSentEvent {
    /// An event with its data, whose lines may end in any way.
    ///
    /// - Parameter name: The event's type, of one line; nil for a plain message.
    public static func bytes(_ data: String, name: String? = nil) -> [UInt8] {
        // Other characters that end a line are data here.
        let lines = data.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        let event = name.map { "event: \($0)\n" } ?? ""
        return Array((event + lines.map { "data: \($0)\n" }.joined() + "\n").utf8)
    }

    /// A comment, which keeps the connection alive and tells nothing.
    public static let comment = Array(": \n\n".utf8)
}
