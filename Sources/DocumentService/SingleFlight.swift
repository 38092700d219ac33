import AdapterStore
import Foundation

/// Lets one caller at a time work on a key; others with the same key wait for it, those with another do not.
final class SingleFlight: @unchecked Sendable {
    /// Guards `busy`, and wakes those who wait for a key.
    private let condition = NSCondition()
    private var busy: Set<AdapterKey> = []

    func run<Result>(_ key: AdapterKey, _ work: () throws -> Result) rethrows -> Result {
        condition.lock()
        while busy.contains(key) { condition.wait() }
        busy.insert(key)
        condition.unlock()
        defer {
            condition.lock()
            busy.remove(key)
            condition.broadcast()
            condition.unlock()
        }
        return try work()
    }
}
