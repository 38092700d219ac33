import Foundation

/// Runs `work` for each index on up to `threads` threads and hands the results to `combine` in the order of their
/// indices, so that sums do not depend on the number of threads or on their timing. Threads that are left over, from the
/// beginning or at the end, help with the products of those that work. Under a `ThreadAllotment` only as many work at a
/// time as it has.
///
/// `combine` is never called by two threads at once. A worker that runs ahead of the order waits once it holds a
/// finished result for each thread, which bounds memory. The first error, in order of time, is thrown; work not yet
/// begun is then left out.
public func reduceInOrder<Result>(
    count: Int, threads: Int, work: @Sendable (Int) throws -> Result, combine: (Int, Result) throws -> Void
) throws {
    if threads <= 1 || count <= 1 {
        try ThreadBudget.with(max(threads, ThreadBudget.current)) {
            for index in 0..<count { try combine(index, work(index)) }
        }
        return
    }
    try withoutActuallyEscaping(combine) { combine in
        let reduction = OrderedReduction(count: count, window: 2 * threads, combine: combine)
        let workers = min(threads, count)
        let allotment = ThreadBudget.allotment
        let share = ThreadBudget.Share(threads: threads, users: workers, allotment: allotment)
        DispatchQueue.concurrentPerform(iterations: workers) { number in
            func claim() -> Int? {
                allotment?.awaitTurn(ofWorker: number) { reduction.hasWorkLeft }
                return reduction.claim()
            }
            ThreadBudget.with(share) {
                while let index = claim() {
                    reduction.finish(index, Swift.Result { try work(index) })
                }
            }
            share.leave()
            allotment?.wakeAll()
        }
        if let error = reduction.error { throw error }
    }
}

/// The state that the workers of one reduction share. Every access happens under `condition`.
private final class OrderedReduction<Output>: @unchecked Sendable {
    private let condition = NSCondition()
    private let count: Int
    private let window: Int
    private let combine: (Int, Output) throws -> Void
    private var nextToClaim = 0
    private var nextToCombine = 0
    private var waiting: [Int: Output] = [:]
    private(set) var error: (any Error)?

    init(count: Int, window: Int, combine: @escaping (Int, Output) throws -> Void) {
        self.count = count
        self.window = window
        self.combine = combine
    }

    /// Whether an index may still be claimed.
    var hasWorkLeft: Bool {
        condition.lock()
        defer { condition.unlock() }
        return error == nil && nextToClaim < count
    }

    /// The next index to work on, once it is not too far ahead; `nil` when there is none.
    func claim() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while error == nil && nextToClaim < count && nextToClaim >= nextToCombine + window { condition.wait() }
        guard error == nil, nextToClaim < count else { return nil }
        defer { nextToClaim += 1 }
        return nextToClaim
    }

    func finish(_ index: Int, _ result: Result<Output, any Error>) {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        guard error == nil else { return }
        do {
            waiting[index] = try result.get()
            while let output = waiting.removeValue(forKey: nextToCombine) {
                try combine(nextToCombine, output)
                nextToCombine += 1
            }
        } catch {
            self.error = error
        }
    }
}
