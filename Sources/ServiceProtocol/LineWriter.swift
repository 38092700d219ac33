import Foundation
import StrictJSON
import Synchronization

/// Writes to a file descriptor, whole lines at a time, from any thread.
///
/// The process must ignore SIGPIPE for a closed pipe to be reported as an error.
public final class LineWriter: Sendable {
    private let descriptor: Int32
    private let failure = Mutex<DescriptorError?>(nil)

    /// - Parameter descriptor: Where to write; it stays open.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes a value on a line of its own.
    public func write(_ value: JSONValue) throws(DescriptorError) {
        try write(line: value.bytes)
    }

    /// Writes one line, given without its newline. Once a write has failed, so does every later one.
    public func write(line: some Sequence<UInt8>) throws(DescriptorError) {
        try write(bytes: line + [UInt8(ascii: "\n")])
    }

    /// Writes a piece of a line. Once a write has failed, so does every later one.
    public func write(bytes: some Sequence<UInt8>) throws(DescriptorError) {
        let bytes = Array(bytes)
        let error: DescriptorError? = failure.withLock { failure in
            if failure == nil { failure = writeAll(bytes) }
            return failure
        }
        if let error { throw error }
    }

    private func writeAll(_ bytes: [UInt8]) -> DescriptorError? {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                // `written` stays below `buffer.count`, so the rest is within the buffer and not empty.
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let result = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if result >= 0 {
                    written += result
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return DescriptorError("writing", code: errno)
                }
            }
            return nil
        }
    }
}
