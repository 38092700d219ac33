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
        case diverged = -32004
    }

    public var code: Code
    public var message: String
    /// The parameter at fault, which the error's `data` names.
    public var parameter: String?

    public init(_ code: Code, _ message: String, parameter: String? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// A parameter that is missing, unknown, mistyped or out of range.
    static func invalid(_ parameter: String, _ reason: String) -> RPCError {
        RPCError(.invalidParameters, "\(parameter): \(reason)", parameter: parameter)
    }

    /// The error that answers whatever a method threw.
    init(answering error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case let error as QuestionAnsweringError: self.init(answering: error, documentParameter: nil)
        default: self.init(.internalError, "internal error: \(error)")
        }
    }

    /// The error that answers a failure of the service.
    ///
    /// - Parameters:
    ///   - error: What the service threw.
    ///   - documentParameter: The parameter that the document's text came from.
    init(answering error: QuestionAnsweringError, documentParameter: String?) {
        let message = error.description
        switch error {
        case .emptyDocument: self.init(.invalidParameters, message, parameter: documentParameter)
        case .emptyQuestion, .questionTooLong: self.init(.invalidParameters, message, parameter: "question")
        case .documentTooLong: self.init(.overLimit, message, parameter: documentParameter)
        case .unknownDocument: self.init(.unknownDocument, message, parameter: "document")
        case .diverged: self.init(.diverged, message)
        }
    }

    /// The `error` member of a reply.
    var json: JSONValue {
        var members = [JSONValue.Member("code", .integer(code.rawValue)), .init("message", .string(message))]
        if let parameter { members.append(.init("data", ["parameter": .string(parameter)])) }
        return .object(members)
    }
}
