import CKernels
import Foundation
import Synchronization

/// Threads that help a caller with work of microseconds, such as the rows of one product of a matrix and a vector.
///
/// Between two jobs the workers look for the next one for a moment before they sleep, so that a job that follows another
/// at once begins within a microsecond. A team serves one caller at a time: whoever finds it busy, as a job within a job
/// does, does all the work alone, and nobody ever waits for a turn.
public final class WorkerTeam: @unchecked Sendable {
    /// The team of the process: a worker for each processor but one.
    private static let shared = WorkerTeam(workers: ProcessInfo.processInfo.activeProcessorCount - 1)

    /// Calls `body` once for each part in `0..<parts`, on as many threads as `ThreadBudget.current` allows, and returns
    /// when all parts are done.
    ///
    /// Which thread takes which part is left to chance. So that results do not depend on it, parts are cut by the work
    /// alone, not by the number of threads, and each writes to a place of its own.
    public static func run(parts: Int, _ body: (Int) -> Void) {
        let threads = ThreadBudget.current
        if threads > 1 && parts > 1 {
            shared.run(parts: parts, threads: threads, body)
        } else {
            for part in 0..<parts { body(part) }
        }
    }

    private let workers: Int
    private let isBusy = Atomic(false)
    /// The parts not yet taken. A successful exchange of this word takes a part of the job that is running.
    private let claims = Atomic(Claims().word)
    private let partsDone = Atomic(0)
    private let sleepingWorkers = Atomic(0)
    private let callerSleeps = Atomic(false)
    private let condition = NSCondition()
    // Written only by the caller that holds the team, while there are no parts to take; read by whoever has taken a part,
    // which is not done before that. `claims` and `partsDone` order the accesses.
    private var body: UnsafePointer<(Int) -> Void>?
    private var started = 0

    /// How often a thread looks for what it waits for before it sleeps: some tens of microseconds.
    private static let spins = 1000

    init(workers: Int) { self.workers = workers }

    /// Lets a moment pass between two looks. Where other programs keep the processors busy, caller and worker may share one,
    /// and then wait for each other unless they give it away now and then.
    private static func pause(_ spin: Int) {
        if spin % 16 == 15 { sched_yield() } else { perk_pause() }
    }

    /// As the function of the type, with a team of this many workers at most.
    func run(parts: Int, threads: Int, _ body: (Int) -> Void) {
        let helpers = min(threads - 1, workers, parts - 1)
        guard helpers > 0, parts <= Claims.most,
            isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else {
            for part in 0..<parts { body(part) }
            return
        }
        defer { isBusy.store(false, ordering: .releasing) }
        start(helpers)
        withoutActuallyEscaping(body) { body in
            // The pointer is valid until `body` has run for every part, which `finish` waits for; nobody reads it later.
            withUnsafePointer(to: body) { pointer in
                self.body = pointer
                partsDone.store(0, ordering: .relaxed)
                claims.store(Claims(helpers: helpers, parts: parts).word, ordering: .sequentiallyConsistent)
                if sleepingWorkers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
                while let claim = claim(as: 0) { perform(claim) }
                awaitEnd(of: parts)
                self.body = nil
            }
        }
    }

    /// Starts workers until there are `count`; each has a number from 1.
    private func start(_ count: Int) {
        while started < count {
            started += 1
            let number = started
            Thread.detachNewThread { [self] in work(as: number) }
        }
    }

    private func work(as number: Int) {
        while true {
            var spin = 0
            while spin < Self.spins {
                if let claim = claim(as: number) {
                    perform(claim)
                    spin = 0
                } else {
                    Self.pause(spin)
                    spin += 1
                }
            }
            condition.lock()
            sleepingWorkers.add(1, ordering: .sequentiallyConsistent)
            while !isOpen(to: number) { condition.wait() }
            sleepingWorkers.subtract(1, ordering: .sequentiallyConsistent)
            condition.unlock()
        }
    }

    private func isOpen(to number: Int) -> Bool {
        Claims(word: claims.load(ordering: .sequentiallyConsistent)).isOpen(to: number)
    }

    private func wakeAll() {
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    /// Takes the next part, if there is one for this thread; the caller's number is 0.
    private func claim(as number: Int) -> Claims? {
        var word = claims.load(ordering: .relaxed)
        while true {
            let claim = Claims(word: word)
            guard claim.isOpen(to: number) else { return nil }
            let (exchanged, original) = claims.compareExchange(
                expected: word, desired: claim.following.word, ordering: .acquiringAndReleasing)
            if exchanged { return claim }
            word = original
        }
    }

    private func perform(_ claim: Claims) {
        callBody(claim.next)
        let done = partsDone.add(1, ordering: .sequentiallyConsistent).newValue
        if done == claim.parts && callerSleeps.load(ordering: .sequentiallyConsistent) { wakeAll() }
    }

    /// A call of its own, so that every reference to the body has been let go when it returns.
    @inline(never)
    private func callBody(_ part: Int) { body?.pointee(part) }

    private func awaitEnd(of parts: Int) {
        for spin in 0..<Self.spins {
            if partsDone.load(ordering: .acquiring) == parts { return }
            Self.pause(spin)
        }
        condition.lock()
        callerSleeps.store(true, ordering: .sequentiallyConsistent)
        while partsDone.load(ordering: .sequentiallyConsistent) < parts { condition.wait() }
        callerSleeps.store(false, ordering: .relaxed)
        condition.unlock()
    }
}

/// The parts of a job that are not yet taken, in one word that is exchanged as a whole. Nothing is open at first.
private struct Claims {
    /// The greatest number of parts, and of helpers.
    static let most = Int(UInt16.max)

    /// The workers with numbers up to this may take parts.
    var helpers = 0
    var parts = 0
    var next = 0

    init(helpers: Int = 0, parts: Int = 0) { (self.helpers, self.parts) = (min(helpers, Self.most), parts) }

    init(word: UInt64) {
        helpers = Int(word >> 32 & 0xFFFF)
        parts = Int(word >> 16 & 0xFFFF)
        next = Int(word & 0xFFFF)
    }

    var word: UInt64 { UInt64(helpers) << 32 | UInt64(parts) << 16 | UInt64(next) }

    var following: Claims {
        var claims = self
        claims.next += 1
        return claims
    }

    func isOpen(to number: Int) -> Bool { next < parts && number <= helpers }
}
