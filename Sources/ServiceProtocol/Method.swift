import StrictJSON

/// What the service does for one method name.
struct Method: Sendable {
    /// The names of the parameters that it takes.
    let parameters: [String]
    /// Computes the result.
    let respond: @Sendable (Call) throws -> JSONValue
}

/// One call of a method.
struct Call: Sendable {
    /// The request's id, or nil for a notification.
    let id: RequestID?
    let parameters: Parameters
    /// Sends a notification about this call before its reply.
    let notify: @Sendable (_ method: String, _ parameters: JSONValue) -> Void
}
