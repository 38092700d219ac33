import DocumentService
import Foundation
import HTTPTypes
import JSONRPC
import Logging
import MCP
import Synchronization

/// The clients that have begun a session of the Model Context Protocol, each with a handler of its own, so that a
/// cancellation reaches the requests of the same client and no others.
final class ContextProtocolSessions: Sendable {
    private struct State {
        var handlers: [String: MessageHandler] = [:]
        /// By when they were used last.
        var order: [String] = []
    }

    private let makeHandler: @Sendable () -> MessageHandler
    private let state = Mutex(State())

    /// The most sessions; who begins one more ends the one that has rested longest.
    private static let limit = 256

    init(makeHandler: @escaping @Sendable () -> MessageHandler) { self.makeHandler = makeHandler }

    /// The handler of a request.
    ///
    /// - Parameters:
    ///   - name: The session that the request names.
    ///   - begins: Whether it begins one.
    /// - Returns: A handler, and the name of its session; nil where it serves this request alone.
    /// - Throws: ``Refusal`` for a session that there is not, which tells the client to begin another.
    func handler(named name: String?, begins: Bool) throws(Refusal) -> (MessageHandler, session: String?) {
        if begins {
            let name = UUID().uuidString
            let handler = makeHandler()
            state.withLock { state in
                state.handlers[name] = handler
                state.order.append(name)
                if state.order.count > Self.limit { state.handlers[state.order.removeFirst()] = nil }
            }
            return (handler, name)
        }
        guard let name else { return (makeHandler(), nil) }
        let known = state.withLock { state -> MessageHandler? in
            guard let handler = state.handlers[name] else { return nil }
            state.order.removeAll { $0 == name }
            state.order.append(name)
            return handler
        }
        guard let known else { throw Refusal(.notFound, "there is no such session: begin one with initialize") }
        return (known, name)
    }

    /// Ends a session and what it has going on.
    ///
    /// - Returns: Whether there was one.
    func end(_ name: String) -> Bool {
        let handler = state.withLock { state in
            state.order.removeAll { $0 == name }
            return state.handlers.removeValue(forKey: name)
        }
        handler?.cancelAll()
        return handler != nil
    }
}
