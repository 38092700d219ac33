import Foundation

/// The lines that wait to be written, so that nobody who has a reply waits for its reader.
final class OutgoingLines: @unchecked Sendable {
    private let writer: LineWriter
    private let queue = DispatchQueue(label: "perk.output")
    private let onFailure: @Sendable () -> Void
    /// Guards everything below, and wakes those who wait for it to change.
    private let condition = NSCondition()
    private var waiting: [[UInt8]] = []
    private var unwrittenBytes = 0
    private var isWriting = false
    private var failure: DescriptorError?

    /// - Parameter onFailure: Called once where nothing can be written any more.
    init(descriptor: Int32, onFailure: @escaping @Sendable () -> Void) {
        writer = LineWriter(descriptor: descriptor)
        self.onFailure = onFailure
    }

    /// Writes a line, given without its newline, after those before it, and waits for none of them.
    func write(_ line: [UInt8]) {
        condition.lock()
        defer { condition.unlock() }
        guard failure == nil else { return }
        waiting.append(line)
        unwrittenBytes += line.count + 1
        guard !isWriting else { return }
        isWriting = true
        queue.async { [self] in writeAll() }
    }

    /// Waits a moment, until a date at most, while more than `bytes` bytes are not written yet.
    ///
    /// - Returns: Whether no more than that are left, or nothing can be written any more.
    func wait(forAtMost bytes: Int, until date: Date) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while failure == nil && unwrittenBytes > bytes {
            guard condition.wait(until: date) else { return false }
        }
        return true
    }

    /// - Throws: What kept a line from being written.
    func check() throws(DescriptorError) {
        condition.lock()
        defer { condition.unlock() }
        if let failure { throw failure }
    }

    private func writeAll() {
        while let lines = next() {
            let bytes = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
            do throws(DescriptorError) {
                try writer.write(bytes: bytes)
                written(bytes.count)
            } catch {
                fail(error)
                return
            }
        }
    }

    private func next() -> [[UInt8]]? {
        condition.lock()
        defer { condition.unlock() }
        isWriting = !waiting.isEmpty
        guard isWriting else { return nil }
        defer { waiting = [] }
        return waiting
    }

    private func written(_ bytes: Int) {
        condition.lock()
        unwrittenBytes -= bytes
        condition.broadcast()
        condition.unlock()
    }

    private func fail(_ error: DescriptorError) {
        condition.lock()
        failure = error
        waiting = []
        condition.broadcast()
        condition.unlock()
        onFailure()
    }
}
