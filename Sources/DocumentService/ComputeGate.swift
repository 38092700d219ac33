import Synchronization
import Tensors

/// Divides the machine's threads among the two kinds of work that a service has: one document that is being learned, and
/// the questions that are being answered.
///
/// Each has all threads while the other rests. Together, questions come first, but learning keeps a third of the threads,
/// and at least one, so that a document is learned in less than four times its usual time however many questions come.
/// Neither an adapter nor an answer depends on the division.
final class ComputeGate: Sendable {
    enum Work: Int { case learning, answering }

    private let threads: Int
    private let allotments: Mutex<[Work: ThreadAllotment]>

    init(threads: Int) {
        self.threads = threads
        allotments = Mutex([:])
    }

    /// Runs `body`, on the caller's thread, with what threads there are for it at each moment; one of a kind at a time.
    func run<Result>(_ work: Work, _ body: () throws -> Result) rethrows -> Result {
        let allotment = ThreadAllotment(threads)
        change { $0[work] = allotment }
        defer { change { $0[work] = nil } }
        return try ThreadBudget.with(allotment, body)
    }

    private func change(_ change: (inout [Work: ThreadAllotment]) -> Void) {
        allotments.withLock { allotments in
            change(&allotments)
            let learning = (threads + 2) / 3
            let isShared = allotments.count > 1
            allotments[.learning]?.threads = isShared ? learning : threads
            allotments[.answering]?.threads = isShared ? threads - learning : threads
        }
    }
}
