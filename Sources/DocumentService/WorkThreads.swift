import Foundation
import Synchronization

/// Threads for work that computes for long or waits for the disk, so that those of Swift's tasks stay free.
struct WorkThreads: Sendable {
    private let queue: DispatchQueue

    /// - Parameter isSerial: Whether one piece of work waits for the one before it.
    init(_ label: String, isSerial: Bool = false) {
        queue = DispatchQueue(label: label, attributes: isSerial ? [] : .concurrent)
    }

    /// Begins `work` without waiting for it.
    func begin(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    /// What `work` returns.
    ///
    /// - Throws: What `work` throws.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}

/// Why work is to stop, for those who do it on threads that belong to no task.
final class Cancellation: Sendable {
    private let reason = Mutex<(any Error)?>(nil)

    /// Has the work stop. The first reason counts.
    func cancel(_ error: any Error = CancellationError()) {
        reason.withLock { $0 = $0 ?? error }
    }

    /// - Throws: The reason to stop, if there is one.
    @Sendable func check() throws {
        if let reason = reason.withLock({ $0 }) { throw reason }
    }
}
