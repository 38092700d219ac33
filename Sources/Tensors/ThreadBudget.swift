/// How many threads the computations of a caller may use. It changes their time, never their results.
///
/// The budget belongs to a thread of control, as a value that need not be passed through every call. A thread that a
/// computation starts by other means than `WorkerTeam` begins with a budget of 1.
public enum ThreadBudget {
    /// The number of threads, the caller's own among them; 1 unless set.
    @TaskLocal public static var current = 1

    /// Runs `body` with a budget of `threads`, at least 1.
    public static func with<Result>(_ threads: Int, _ body: () throws -> Result) rethrows -> Result {
        try $current.withValue(max(1, threads), operation: body)
    }
}
