import Foundation
import Synchronization

/// How many threads the computations of a caller may use. It changes their time, never their results.
///
/// The budget belongs to a thread of control, as a value that need not be passed through every call. A thread that a
/// computation starts by other means than `WorkerTeam` and `reduceInOrder` begins with a budget of 1.
public enum ThreadBudget {
    @TaskLocal private static var share = Share(threads: 1, users: 1, allotment: nil)

    /// The number of threads, the caller's own among them; 1 unless set.
    public static var current: Int { share.current }

    /// Runs `body` with a budget of `threads`, at least 1, and no more than the allotment around it has.
    public static func with<Result>(_ threads: Int, _ body: () throws -> Result) rethrows -> Result {
        try with(Share(threads: threads, users: 1, allotment: allotment), body)
    }

    /// Runs `body` with as many threads as `allotment` has at each moment.
    public static func with<Result>(_ allotment: ThreadAllotment, _ body: () throws -> Result) rethrows -> Result {
        try with(Share(threads: .max, users: 1, allotment: allotment), body)
    }

    static func with<Result>(_ share: Share, _ body: () throws -> Result) rethrows -> Result {
        try $share.withValue(share, operation: body)
    }

    /// What bounds all budgets of the caller, if anything does.
    static var allotment: ThreadAllotment? { share.allotment }

    /// Threads that several users work with, each on a thread of its own: when one has ended, the others may use more.
    final class Share: Sendable {
        fileprivate let allotment: ThreadAllotment?
        private let threads: Int
        private let users: Atomic<Int>

        init(threads: Int, users: Int, allotment: ThreadAllotment?) {
            self.threads = threads
            self.users = Atomic(users)
            self.allotment = allotment
        }

        /// Each user's part.
        fileprivate var current: Int {
            max(1, min(threads, allotment?.threads ?? threads) / max(1, users.load(ordering: .relaxed)))
        }

        /// A user has ended.
        func leave() { users.subtract(1, ordering: .relaxed) }
    }
}

/// A number of threads that may change while the work that it was given to is under way.
///
/// Products take the number as it is when they begin. A worker of `reduceInOrder` beyond it pauses between two pieces of
/// its work, where it holds nothing that others wait for; the first worker never pauses.
public final class ThreadAllotment: @unchecked Sendable {
    /// Wakes the workers that pause.
    private let condition = NSCondition()
    private let count: Atomic<Int>

    /// - Parameter threads: at least 1.
    public init(_ threads: Int) { count = Atomic(max(1, threads)) }

    /// At least 1.
    public var threads: Int {
        get { count.load(ordering: .relaxed) }
        set {
            condition.lock()
            count.store(max(1, newValue), ordering: .relaxed)
            condition.broadcast()
            condition.unlock()
        }
    }

    /// Waits while a worker's number, from 0, is beyond the allotment and there is work left.
    func awaitTurn(ofWorker number: Int, whileThereIsWork: () -> Bool) {
        guard number >= threads else { return }
        condition.lock()
        while number >= threads && whileThereIsWork() { condition.wait() }
        condition.unlock()
    }

    /// Lets the workers that pause see that there is no work left.
    func wakeAll() {
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }
}
