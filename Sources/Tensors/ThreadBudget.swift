import Synchronization

/// How many threads the computations of a caller may use. It changes their time, never their results.
///
/// The budget belongs to a thread of control, as a value that need not be passed through every call. A thread that a
/// computation starts by other means than `WorkerTeam` and `reduceInOrder` begins with a budget of 1.
public enum ThreadBudget {
    @TaskLocal private static var share = Share(threads: 1, users: 1)

    /// The number of threads, the caller's own among them; 1 unless set.
    public static var current: Int { share.current }

    /// Runs `body` with a budget of `threads`, at least 1.
    public static func with<Result>(_ threads: Int, _ body: () throws -> Result) rethrows -> Result {
        try with(Share(threads: threads, users: 1), body)
    }

    static func with<Result>(_ share: Share, _ body: () throws -> Result) rethrows -> Result {
        try $share.withValue(share, operation: body)
    }

    /// Threads that several users work with, each on a thread of its own: when one has ended, the others may use more.
    final class Share: Sendable {
        private let threads: Int
        private let users: Atomic<Int>

        init(threads: Int, users: Int) {
            self.threads = threads
            self.users = Atomic(users)
        }

        /// Each user's part.
        fileprivate var current: Int { max(1, threads / max(1, users.load(ordering: .relaxed))) }

        /// A user has ended.
        func leave() { users.subtract(1, ordering: .relaxed) }
    }
}
