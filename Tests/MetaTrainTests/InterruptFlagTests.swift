import Foundation
import Testing

@testable import MetaTrain

/// Each case runs in a process of its own, for signals belong to the whole process.
@Suite struct InterruptFlagTests {
    @Test(arguments: [SIGINT, SIGTERM, SIGUSR1])
    func firstSignalRaisesTheFlag(number: Int32) async {
        await #expect(processExitsWith: .success) { [number] in
            let flag = InterruptFlag()
            guard !flag.isRaised else { exit(2) }
            send(number)
            exit(isRaisedSoon(flag) ? EXIT_SUCCESS : 3)
        }
    }

    @Test func terminationMayBeAskedForTwice() async {
        await #expect(processExitsWith: .success) {
            let flag = InterruptFlag()
            send(SIGTERM)
            guard isRaisedSoon(flag) else { exit(3) }
            send(SIGTERM)
            usleep(100_000)
            exit(EXIT_SUCCESS)
        }
    }

    @Test func secondInterruptEndsTheProcess() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            let flag = InterruptFlag()
            send(SIGINT)
            guard isRaisedSoon(flag) else { exit(3) }
            send(SIGINT)
            usleep(5_000_000)
            exit(EXIT_SUCCESS)
        }
    }
}

private func send(_ number: Int32) {
    kill(getpid(), number)
}

/// A signal may be delivered to any thread, so it may take a moment.
private func isRaisedSoon(_ flag: InterruptFlag) -> Bool {
    for _ in 0..<500 where !flag.isRaised {
        usleep(10_000)
    }
    return flag.isRaised
}
