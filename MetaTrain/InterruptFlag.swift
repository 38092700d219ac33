import Foundation
import Synchronization

/// Raised by the signal handlers, which can reach nothing but globals.
private let interrupted = Atomic(false)

/// Tells a loop that somebody wants it to end: the first SIGINT, SIGTERM or SIGUSR1, which mpirun passes on, raises the
/// flag, so that the loop can finish its step and write a checkpoint; a second SIGINT ends the process at once.
struct InterruptFlag: Sendable {
    /// Takes over these signals for the whole process, with the flag down.
    init() {
        // The store also initializes the global, which a handler must not be the first to do.
        interrupted.store(false, ordering: .relaxed)
        // A process starts with the signals blocked that were blocked in the thread that made it.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        for number in [SIGINT, SIGTERM, SIGUSR1] {
            signal(number) { number in
                // A handler may only do what is safe in the middle of anything: an atomic store and signal(2) are.
                interrupted.store(true, ordering: .relaxed)
                if number == SIGINT {
                    signal(SIGINT, SIG_DFL)
                }
            }
            sigaddset(&unblocked, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    }

    /// Whether a signal has come.
    var isRaised: Bool {
        interrupted.load(ordering: .relaxed)
    }
}
