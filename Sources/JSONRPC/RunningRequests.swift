import StrictJSON
import Synchronization

/// The requests of a client that are being served, so that they can be cancelled.
final class RunningRequests: Sendable {
    private let requests = Mutex<[RequestID: [RunningRequest]]>([:])

    /// - Parameter id: nil for a notification, which nobody can cancel or be told about.
    func begin(_ id: RequestID?, send: @escaping @Sendable ([UInt8]) -> Void) -> RunningRequest {
        let request = RunningRequest(id: id, send: send)
        if let id { requests.withLock { $0[id, default: []].append(request) } }
        return request
    }

    func end(_ request: RunningRequest) {
        request.end()
        guard let id = request.id else { return }
        requests.withLock { requests in
            requests[id]?.removeAll { $0 === request }
            if requests[id]?.isEmpty == true { requests[id] = nil }
        }
    }

    /// Cancels the requests that have an id; there is one unless the client uses an id twice.
    func cancel(_ id: RequestID) {
        requests.withLock { $0[id] ?? [] }.forEach { $0.cancel() }
    }

    func cancelAll() {
        requests.withLock { $0.values.flatMap { $0 } }.forEach { $0.cancel() }
    }
}

/// A request that is being served.
final class RunningRequest: Sendable {
    private struct State {
        var task: Task<[UInt8]?, Never>?
        var hasEnded = false
    }

    let id: RequestID?
    private let send: @Sendable ([UInt8]) -> Void
    private let state = Mutex(State())

    fileprivate init(id: RequestID?, send: @escaping @Sendable ([UInt8]) -> Void) {
        (self.id, self.send) = (id, send)
    }

    func attach(_ task: Task<[UInt8]?, Never>) { state.withLock { $0.task = task } }

    fileprivate func cancel() { state.withLock { $0.task }?.cancel() }

    fileprivate func end() { state.withLock { $0 = State(task: nil, hasEnded: true) } }

    /// Sends a notification about the request, unless it has ended: nothing about it comes after its reply.
    func notify(_ method: String, _ members: [JSONValue.Member]) {
        guard let id else { return }
        sendBeforeEnd(Message.notification(method, id: id, members))
    }

    /// The same for a notification that does not name the request by its id.
    func notify(_ method: String, parameters: JSONValue) {
        sendBeforeEnd(
            JSONValue.object([
                .init("jsonrpc", "2.0"), .init("method", .string(method)), .init("params", parameters),
            ]).bytes)
    }

    private func sendBeforeEnd(_ message: [UInt8]) {
        state.withLock { state in
            if !state.hasEnded { send(message) }
        }
    }
}
