import DocumentService
import Foundation
import Logging
import StrictConfiguration
import StrictJSON

/// Turns lines of input into the lines that answer them (JSON-RPC 2.0), for one client.
public final class MessageHandler: Sendable {
    private let methods: [String: Method]
    private let repliesToCancelled: Bool
    private let logger: Logger
    private let running = RunningRequests()

    /// - Parameters:
    ///   - service: What learns the documents and answers the questions.
    ///   - files: The directories that the parameter `path` may lead into.
    ///   - logger: Gets one line for each request, which never holds a document's text.
    public convenience init(service: any DocumentAnswering, files: AllowedDirectories, logger: Logger) {
        self.init(methods: Method.all(service: service, files: files), logger: logger)
    }

    /// - Parameters:
    ///   - methods: What is served, by name.
    ///   - repliesToCancelled: Whether a cancelled request is answered, with an error.
    ///   - logger: As for the other initializer.
    package init(methods: [String: Method], repliesToCancelled: Bool = true, logger: Logger) {
        (self.methods, self.repliesToCancelled, self.logger) = (methods, repliesToCancelled, logger)
    }

    /// Begins to serve one line, which holds a request, a notification or a batch of them.
    ///
    /// Lines are given one after another, by one thread. When this returns, a document that the line submits counts as
    /// being learned, so that a question on the next line waits for it.
    ///
    /// - Parameters:
    ///   - line: The line without its end.
    ///   - send: Called with each line to be written, from any thread: notifications, and last the reply, where one is
    ///     due. None is due to notifications, and to a line of white space.
    /// - Returns: What ends when the line has been served.
    public func serve(_ line: [UInt8], send: @escaping @Sendable ([UInt8]) -> Void) -> Task<Void, Never> {
        if line.allSatisfy(\.isJSONWhitespace) { return Task {} }
        if let faulty = FaultyText(invalidUTF8In: line) { return refuse(faulty.error, id: faulty.id, send) }
        let message: JSONValue
        do {
            message = try JSONParser.parse(line)
        } catch {
            let faulty = FaultyText(loneSurrogatesIn: line)
            return refuse(faulty?.error ?? error, id: faulty?.id ?? .null, send)
        }
        guard case .array(let batch) = message else {
            let reply = begin(message, text: line[...], send)
            return Task.immediate {
                if let reply = await reply.value { send(reply) }
            }
        }
        guard !batch.isEmpty else {
            return refuse(RPCError(.invalidRequest, "the batch is empty: put a request into it"), id: .null, send)
        }
        let replies = zip(batch, JSONSkimmer.elements(of: line[...])).map { begin($0, text: $1, send) }
        return Task.immediate {
            var given: [[UInt8]] = []
            for reply in replies {
                if let reply = await reply.value { given.append(reply) }
            }
            if !given.isEmpty { send(Message.batch(given)) }
        }
    }

    /// Refuses a line that was skipped because it has too many bytes.
    func refuse(
        lineOver byteLimit: Int, beginning: [UInt8], send: @escaping @Sendable ([UInt8]) -> Void
    ) -> Task<Void, Never> {
        let error = RPCError(
            .overLimit,
            "the line has more than \(byteLimit) bytes, the limit of this service: split the document, or have the limit raised"
        )
        return refuse(error, id: RequestID(ofMessage: beginning[...]) ?? .null, send)
    }

    private func refuse(
        _ error: RPCError, id: RequestID, _ send: @escaping @Sendable ([UInt8]) -> Void
    ) -> Task<Void, Never> {
        send(refusal(error, id: id))
        return Task {}
    }

    /// Begins to serve one message; its value is the reply, if one is due.
    private func begin(
        _ message: JSONValue, text: ArraySlice<UInt8>, _ send: @escaping @Sendable ([UInt8]) -> Void
    ) -> Task<[UInt8]?, Never> {
        let request: Request
        do {
            request = try Request(message, text: text)
        } catch {
            let id = message["id"].flatMap { RequestID($0, writtenAs: JSONSkimmer.value(of: "id", in: text)) }
            let reply = refusal(error, id: id ?? .null)
            return Task { reply }
        }
        if request.id == nil, request.method == "notifications/cancelled" {
            cancel(request, text: text)
            return Task { nil }
        }
        let entry = running.begin(request.id, send: send)
        let task = Task.immediate { [self] () -> [UInt8]? in
            let start = ContinuousClock.now
            let outcome: Result<JSONValue, any Error>
            do {
                outcome = .success(try await respond(to: request, entry))
            } catch {
                outcome = .failure(error)
            }
            running.end(entry)
            log(request, outcome, seconds: (ContinuousClock.now - start) / .seconds(1))
            guard let id = request.id else { return nil }
            switch outcome {
            case .success(let result): return Message.result(result, id: id)
            case .failure(let error):
                let error = RPCError(answering: error)
                return error.code == .cancelled && !repliesToCancelled ? nil : Message.error(error, id: id)
            }
        }
        entry.attach(task)
        return task
    }

    private func respond(to request: Request, _ entry: RunningRequest) async throws -> JSONValue {
        guard let method = methods[request.method] else {
            let names = methods.keys.sorted()
            let guess = nearestName(to: request.method, among: names).map { "; did you mean \($0)?" } ?? ";"
            throw RPCError(
                .unknownMethod,
                "no method \(request.method.shortened)\(guess) Known: \(names.joined(separator: ", "))")
        }
        let parameters = try Parameters(request.parameters, accepted: method.parameters)
        return try await method.respond(
            Call(
                parameters: parameters,
                onProgress: { entry.notify("notifications/progress", JSONValue.members(of: $0)) },
                onText: { entry.notify("notifications/answer", [.init("delta", .string($0))]) },
                notify: { entry.notify($0, parameters: $1) }))
    }

    /// Cancels the requests that have the id `requestId`.
    private func cancel(_ request: Request, text: ArraySlice<UInt8>) {
        let written = JSONSkimmer.value(of: "params", in: text).flatMap { JSONSkimmer.value(of: "requestId", in: $0) }
        guard let value = request.parameters?["requestId"], let id = RequestID(value, writtenAs: written) else {
            logger.warning("a cancellation names no requestId")
            return
        }
        running.cancel(id)
    }

    /// Cancels whatever is being served.
    package func cancelAll() { running.cancelAll() }

    private func refusal(_ error: RPCError, id: RequestID) -> [UInt8] {
        logger.warning("refused a line: \(error)")
        return Message.error(error, id: id)
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
