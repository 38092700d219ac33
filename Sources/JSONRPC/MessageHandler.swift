import DocumentService
import Foundation
import Logging
import PERKModel
import StrictConfiguration
import StrictJSON

/// Turns one line of input into the line that answers it (JSON-RPC 2.0).
public struct MessageHandler: Sendable {
    private let methods: [String: Method]
    private let logger: Logger

    /// - Parameters:
    ///   - service: What learns the documents and answers the questions.
    ///   - files: The directories that the parameter `path` may lead into.
    ///   - logger: Gets one line for each request.
    public init(service: any DocumentAnswering, files: AllowedDirectories, logger: Logger) {
        methods = [
            "documents/submit": .submitDocument(service: service, files: files),
            "documents/list": .listDocuments(service: service),
            "documents/remove": .removeDocument(service: service),
            "questions/ask": .askQuestion(service: service, files: files),
            "server/status": .status(service: service),
        ]
        self.logger = logger
    }

    /// Serves one line, which holds a request, a notification or a batch of them.
    ///
    /// - Parameters:
    ///   - line: The line without its end.
    ///   - notify: Called with each notification to be sent before the reply, from any thread.
    /// - Returns: The reply, or nil where none is due: to notifications, and to a line of white space.
    public func reply(to line: [UInt8], notify: @escaping @Sendable (JSONValue) -> Void) -> JSONValue? {
        guard !line.allSatisfy(\.isJSONWhitespace) else { return nil }
        if let invalid = InvalidUTF8(line: line) { return refusal(invalid.error, id: invalid.id) }
        let message: JSONValue
        do {
            message = try JSONParser.parse(line)
        } catch {
            return refusal(error, id: .null)
        }
        guard case .array(let batch) = message else { return reply(to: message, notify: notify) }
        guard !batch.isEmpty else {
            return refusal(RPCError(.invalidRequest, "the batch is empty: put a request into it"), id: .null)
        }
        let replies = batch.compactMap { reply(to: $0, notify: notify) }
        return replies.isEmpty ? nil : .array(replies)
    }

    /// The reply to a line that was skipped because it has too many bytes.
    func reply(toLineOver byteLimit: Int) -> JSONValue {
        refusal(
            RPCError(
                .overLimit,
                "the line has more than \(byteLimit) bytes, the limit of this service: split the document, or have the limit raised"
            ), id: .null)
    }

    private func reply(to message: JSONValue, notify: @escaping @Sendable (JSONValue) -> Void) -> JSONValue? {
        let request: Request
        do {
            request = try Request(message)
        } catch {
            return refusal(error, id: message["id"].flatMap(RequestID.init) ?? .null)
        }
        let start = ContinuousClock.now
        let outcome = Result { try respond(to: request, notify: notify) }
        log(request, outcome, seconds: (ContinuousClock.now - start) / .seconds(1))
        guard let id = request.id else { return nil }
        return switch outcome {
        case .success(let result): Reply.result(result, id: id)
        case .failure(let error): Reply.error(RPCError(answering: error), id: id)
        }
    }

    private func respond(
        to request: Request, notify: @escaping @Sendable (JSONValue) -> Void
    ) throws -> JSONValue {
        guard let method = methods[request.method] else {
            let names = methods.keys.sorted()
            let guess = nearestName(to: request.method, among: names).map { "; did you mean \($0)?" } ?? ";"
            throw RPCError(
                .unknownMethod,
                "no method \(request.method.shortened)\(guess) Known: \(names.joined(separator: ", "))")
        }
        let parameters = try Parameters(request.parameters, accepted: method.parameters)
        return try method.respond(
            Call(id: request.id, parameters: parameters) { method, parameters in
                notify(["jsonrpc": "2.0", "method": .string(method), "params": parameters])
            })
    }

    private func refusal(_ error: RPCError, id: RequestID) -> JSONValue {
        logger.warning("refused a line: \(error)")
        return Reply.error(error, id: id)
    }

    private func log(_ request: Request, _ outcome: Result<JSONValue, any Error>, seconds: Double) {
        let name = request.method.shortened
        let time = String(format: "%.3f s", seconds)
        switch outcome {
        case .success: logger.info("\(name) took \(time)")
        case .failure(let error): logger.warning("\(name) failed after \(time): \(RPCError(answering: error))")
        }
    }
}

extension UInt8 {
    fileprivate var isJSONWhitespace: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r")
    }
}
