import DocumentService
import PERKModel
import StrictJSON

/// An error that is answered to the client (JSON-RPC 2.0, section 5.1).
public struct RPCError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The codes of JSON-RPC 2.0, and the service's own from the range that it leaves to servers.
    public enum Code: Int, Sendable {
        case parseError = -32700
        case invalidRequest = -32600
        case unknownMethod = -32601
        case invalidParameters = -32602
        case internalError = -32603
        case unknownDocument = -32001
        case overLimit = -32002
        case queueFull = -32003
        case diverged = -32004
        case shuttingDown = -32005
        /// Of the Model Context Protocol, revision 2026-07-28.
        case headerMismatch = -32020
        case unsupportedRevision = -32022
        case cancelled = -32800
    }

    public var code: Code
    public var message: String
    /// The parameter at fault, which the error's `data` names.
    public var parameter: String?
    /// What else the error's `data` holds.
    package var details: [JSONValue.Member] = []

    public init(_ code: Code, _ message: String, parameter: String? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// A parameter that is missing, unknown, mistyped or out of range.
    package static func invalid(_ parameter: String, _ reason: String) -> RPCError {
        RPCError(.invalidParameters, "\(parameter): \(reason)", parameter: parameter)
    }

    /// The error that answers whatever a method threw.
    package init(answering error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case let error as QuestionAnsweringError: self.init(answering: error, documentParameter: nil)
        case let error as ServiceError: self.init(answering: error)
        case is CancellationError: self.init(.cancelled, "the request was cancelled")
        default: self.init(.internalError, "internal error: \(error)")
        }
    }

    private init(answering error: ServiceError) {
        switch error {
        case .invalid(let parameter, let reason): self = .invalid(parameter, reason)
        case .queueFull: self.init(.queueFull, error.description)
        case .shuttingDown: self.init(.shuttingDown, error.description)
        case .noTextKept: self.init(.unknownDocument, error.description, parameter: "document")
        }
    }

    /// The error that answers a failure of the service.
    ///
    /// - Parameters:
    ///   - error: What the service threw.
    ///   - documentParameter: The parameter that the document's text came from.
    package init(answering error: QuestionAnsweringError, documentParameter: String?) {
        let message = error.description
        switch error {
        case .emptyDocument: self.init(.invalidParameters, message, parameter: documentParameter)
        case .emptyQuestion, .questionTooLong: self.init(.invalidParameters, message, parameter: "question")
        case .documentTooLong: self.init(.overLimit, message, parameter: documentParameter)
        case .unknownDocument: self.init(.unknownDocument, message, parameter: "document")
        case .diverged: self.init(.diverged, message)
        }
    }

    /// Whether the same request may succeed later, or elsewhere.
    package var isRetryable: Bool { code == .queueFull || code == .shuttingDown }

    /// The `error` member of a reply.
    package var json: JSONValue {
        var members = [JSONValue.Member("code", .integer(code.rawValue)), .init("message", .string(message))]
        let data =
            (parameter.map { [JSONValue.Member("parameter", .string($0))] } ?? [])
            + (isRetryable ? [.init("retryable", .boolean(true))] : []) + details
        if !data.isEmpty { members.append(.init("data", .object(data))) }
        return .object(members)
    }
}
