import Foundation
import Synchronization

/// The uses of adapters that are not in the file yet: of each adapter the last, in the order of time.
final class PendingUses: Sendable {
    struct Use {
        let key: AdapterKey
        let date: Date
        fileprivate let number: Int
    }

    private struct State {
        var uses: [AdapterKey: Use] = [:]
        var count = 0
        var isRecordingDue = false
    }

    private let state = Mutex(State())

    /// - Returns: Whether the caller has to see to it that they are recorded; until then the others need not.
    func add(_ key: AdapterKey, at date: Date) -> Bool {
        state.withLock { state in
            state.count += 1
            state.uses[key] = Use(key: key, date: date, number: state.count)
            defer { state.isRecordingDue = true }
            return !state.isRecordingDue
        }
    }

    /// To be called where the time to record them has come, before ``all`` is read.
    func beginRecording() { state.withLock { $0.isRecordingDue = false } }

    var all: [Use] { state.withLock { $0.uses.values.sorted { $0.number < $1.number } } }

    /// Lets go of uses that the file has; a later use of the same adapter stays.
    func forget(_ recorded: [Use]) {
        state.withLock { state in
            for use in recorded where state.uses[use.key]?.number == use.number { state.uses[use.key] = nil }
        }
    }
}
