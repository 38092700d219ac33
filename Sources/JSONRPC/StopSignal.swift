import Foundation
import Synchronization

/// Where the handler of process signals writes: the end of a pipe, or −1.
///
/// A signal handler may touch nothing but such a global and calls that are safe at any moment (POSIX, section 2.4.3).
private let signalledEnd = Atomic<Int32>(-1)

/// A request to stop that wakes whoever waits for input.
///
/// It is a pipe whose read end becomes readable, and stays so, once the request was made.
public final class StopSignal: Sendable {
    private let pipe = Pipe()

    /// - Parameter signals: The process signals that trigger it, each once: a second one of the same kind has its
    ///   default effect, so that a service that is slow to stop can still be ended. They trigger the latest object only.
    public init(signals: [Int32] = []) {
        guard !signals.isEmpty else { return }
        signalledEnd.store(pipe.fileHandleForWriting.fileDescriptor, ordering: .sequentiallyConsistent)
        // A process starts with the signals blocked that were blocked in the thread that made it.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        for number in signals {
            signal(number) { number in
                let interrupted = errno
                signal(number, SIG_DFL)
                StopSignal.wake(signalledEnd.load(ordering: .sequentiallyConsistent))
                errno = interrupted
            }
            sigaddset(&unblocked, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    }

    deinit {
        let end = pipe.fileHandleForWriting.fileDescriptor
        _ = signalledEnd.compareExchange(expected: end, desired: -1, ordering: .sequentiallyConsistent)
    }

    /// Makes the request. Making it again changes nothing.
    public func trigger() {
        Self.wake(pipe.fileHandleForWriting.fileDescriptor)
    }

    private static func wake(_ end: Int32) {
        var byte: UInt8 = 1
        // One byte, from a variable that outlives the call.
        _ = write(end, &byte, 1)
    }

    /// Whether the request was made.
    var isTriggered: Bool {
        var end = waiting(for: pipe.fileHandleForReading.fileDescriptor)
        return poll(&end, 1, 0) > 0
    }

    /// Waits until there is something to read, or the end of the input, or the request to stop.
    ///
    /// - Returns: Whether `descriptor` may be read; false after a request to stop.
    func waitUntilReadable(_ descriptor: Int32) throws(DescriptorError) -> Bool {
        var ends = [waiting(for: pipe.fileHandleForReading.fileDescriptor), waiting(for: descriptor)]
        while poll(&ends, nfds_t(ends.count), -1) < 0 {
            guard errno == EINTR else { throw DescriptorError("waiting for input", code: errno) }
        }
        if ends[0].revents != 0 { return false }
        guard ends[1].revents & Int16(POLLNVAL) == 0 else { throw DescriptorError("reading", code: EBADF) }
        return true
    }

    private func waiting(for descriptor: Int32) -> pollfd {
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }
}
