import AdapterStore
import Foundation

/// The documents that are being learned: one at a time, in the order in which they came, and each once for all who submit
/// it meanwhile.
///
/// A document is first looked up in the cache, whatever else is being learned, and waits only if it is not there. When
/// nobody waits for a document any more, it is not learned, or its learning stops.
final class EncodingQueue: @unchecked Sendable {
    /// A document as it is known now, and whether who waited for it was not the first to ask for it, or it was known.
    typealias Learned = (document: StoredDocument, wasKnown: Bool)

    /// How to find a document in the cache, and how to learn it.
    struct Work: Sendable {
        let lookUp: @Sendable () throws -> StoredDocument?
        let learn: @Sendable (Cancellation, @escaping ProgressHandler) throws -> StoredDocument
    }

    /// A document that somebody waits for. What changes of it does so under the queue's lock.
    private final class Flight: @unchecked Sendable {
        let key: AdapterKey
        let work: Work
        let cancellation = Cancellation()
        var waiters: [Int: Waiter] = [:]
        /// Those who want to know when it is over, without wanting it.
        var watchers: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastReport: ContinuousClock.Instant?

        init(_ key: AdapterKey, _ work: Work) { (self.key, self.work) = (key, work) }
    }

    private struct Waiter {
        let continuation: CheckedContinuation<Learned, any Error>
        let progress: ProgressHandler?
        let isFirst: Bool
    }

    private let waitingLimit: Int
    private let gate: ComputeGate
    private let lookUps = WorkThreads("perk.look-up")
    private let learning = WorkThreads("perk.learning", isSerial: true)

    /// Guards everything below.
    private let lock = NSLock()
    /// Of each document the flight that a new submission joins.
    private var flights: [AdapterKey: Flight] = [:]
    private var waiting: [Flight] = []
    private var current: Flight?
    private var lastNumber = 0
    /// Those who were cancelled when they did not wait, be it not yet or no more.
    private var cancelled: Set<Int> = []
    private var refusal: (any Error)?

    private static let reportInterval = Duration.milliseconds(100)

    init(waitingLimit: Int, gate: ComputeGate) {
        self.waitingLimit = waitingLimit
        self.gate = gate
    }

    var status: (learning: Int, waiting: Int) {
        lock.withLock { (current == nil ? 0 : 1, waiting.count) }
    }

    /// A document, once it is known. It counts as under way from the call on, before anything is waited for.
    ///
    /// - Throws: What `work` throws, `ServiceError.queueFull`, or `CancellationError` where this task is cancelled.
    func learned(_ key: AdapterKey, progress: ProgressHandler?, work: Work) async throws -> Learned {
        let number = nextNumber()
        defer { forget(number) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                join(key, number, continuation, progress, work)
            }
        } onCancel: {
            leave(number)
        }
    }

    /// Returns when a document is not under way, or when this task is cancelled.
    func settled(_ key: AdapterKey) async {
        let number = nextNumber()
        defer { forget(number) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                lock.withLock {
                    guard let flight = flights[key], !cancelled.contains(number) else { return continuation.resume() }
                    flight.watchers[number] = continuation
                }
            }
        } onCancel: {
            leave(number)
        }
    }

    /// Refuses what waits and whatever comes, and lets what is being learned end.
    func refuse(with error: any Error) {
        let refused = lock.withLock {
            refusal = error
            let flights = waiting
            waiting = []
            return flights.flatMap { retire($0) }
        }
        refused.forEach { $0.continuation.resume(throwing: error) }
    }

    /// Stops what is being learned.
    func stop(with error: any Error) {
        lock.withLock { current }?.cancellation.cancel(error)
    }

    private func join(
        _ key: AdapterKey, _ number: Int, _ continuation: CheckedContinuation<Learned, any Error>,
        _ progress: ProgressHandler?, _ work: Work
    ) {
        let outcome: Result<Flight?, any Error> = lock.withLock {
            if let refusal { return .failure(refusal) }
            guard !cancelled.contains(number) else { return .failure(CancellationError()) }
            let isFirst = flights[key] == nil
            let flight = flights[key] ?? Flight(key, work)
            flights[key] = flight
            flight.waiters[number] = Waiter(continuation: continuation, progress: progress, isFirst: isFirst)
            return .success(isFirst ? flight : nil)
        }
        switch outcome {
        case .failure(let error): continuation.resume(throwing: error)
        case .success(let flight?): lookUps.begin { [self] in lookUp(flight) }
        case .success(nil): break
        }
    }

    private func nextNumber() -> Int {
        lock.withLock {
            lastNumber += 1
            return lastNumber
        }
    }

    private func forget(_ number: Int) { _ = lock.withLock { cancelled.remove(number) } }

    /// Lets one who waits, or watches, go.
    private func leave(_ number: Int) {
        let waiter = lock.withLock { () -> Waiter? in
            for flight in flights.values {
                if let watcher = flight.watchers.removeValue(forKey: number) {
                    watcher.resume()
                    return nil
                }
                guard let waiter = flight.waiters.removeValue(forKey: number) else { continue }
                if flight.waiters.isEmpty {
                    flight.cancellation.cancel()
                    waiting.removeAll { $0 === flight }
                    _ = retire(flight)
                }
                return waiter
            }
            cancelled.insert(number)
            return nil
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    private func lookUp(_ flight: Flight) {
        do {
            if let document = try flight.work.lookUp() { return end(flight, .success((document, true))) }
            try lock.withLock {
                guard !flight.waiters.isEmpty else { return }
                if let refusal { throw refusal }
                guard current == nil || waiting.count < waitingLimit else {
                    throw ServiceError.queueFull(limit: waitingLimit)
                }
                waiting.append(flight)
                beginNext()
            }
        } catch {
            end(flight, .failure(error))
        }
    }

    /// Begins to learn the next document where none is being learned. Under `lock`.
    private func beginNext() {
        guard current == nil, !waiting.isEmpty else { return }
        let flight = waiting.removeFirst()
        current = flight
        learning.begin { [self] in learn(flight) }
    }

    private func learn(_ flight: Flight) {
        let outcome = Result<Learned, any Error> {
            let document = try gate.run(.learning) {
                try flight.cancellation.check()
                return try flight.work.learn(flight.cancellation) { [self] in report($0, of: flight) }
            }
            return (document, false)
        }
        lock.withLock {
            current = nil
            beginNext()
        }
        end(flight, outcome)
    }

    private func report(_ progress: EncodingProgress, of flight: Flight) {
        let listeners = lock.withLock { () -> [ProgressHandler] in
            let now = ContinuousClock.now
            if let last = flight.lastReport, now - last < Self.reportInterval { return [] }
            flight.lastReport = now
            return flight.waiters.values.compactMap(\.progress)
        }
        listeners.forEach { $0(progress) }
    }

    private func end(_ flight: Flight, _ outcome: Result<Learned, any Error>) {
        for waiter in lock.withLock({ retire(flight) }) {
            waiter.continuation.resume(
                with: outcome.map { ($0.document, $0.wasKnown || !waiter.isFirst) })
        }
    }

    /// Lets nobody join a flight any more; returns those who waited for it. Under `lock`.
    private func retire(_ flight: Flight) -> [Waiter] {
        if flights[flight.key] === flight { flights[flight.key] = nil }
        flight.watchers.values.forEach { $0.resume() }
        flight.watchers = [:]
        defer { flight.waiters = [:] }
        return Array(flight.waiters.values)
    }
}
