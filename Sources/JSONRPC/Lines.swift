import Foundation
import StrictJSON
import Synchronization

/// Reads lines of bytes from a file descriptor, holding no more than one line and one chunk in memory.
public struct LineReader: ~Copyable {
    public enum Line: Equatable, Sendable {
        /// A line without its newline.
        case bytes([UInt8])
        /// A line that had more bytes than allowed and was skipped up to its newline; its beginning is what was kept.
        case overLimit(beginning: [UInt8])
    }

    /// The bytes that are kept of a line that has too many, in which its id is looked for.
    private static let keptBytes = 4096

    private let descriptor: Int32
    private let byteLimit: Int
    private let stop: StopSignal
    private var chunk: ArraySlice<UInt8> = []

    /// - Parameters:
    ///   - descriptor: Where to read; it stays open.
    ///   - byteLimit: The most bytes that a line may have, its newline not counted.
    ///   - stop: Ends the input early.
    public init(descriptor: Int32, byteLimit: Int, stop: StopSignal) {
        self.descriptor = descriptor
        self.byteLimit = byteLimit
        self.stop = stop
    }

    /// The next line, or nil at the end of the input or once `stop` was triggered. A last line without a newline counts.
    ///
    /// - Throws: ``DescriptorError``.
    public mutating func next() throws(DescriptorError) -> Line? {
        var line: [UInt8] = []
        var isOverLimit = false
        var isEmpty = true
        while !stop.isTriggered {
            if chunk.isEmpty {
                guard try fill() else {
                    if stop.isTriggered || isEmpty { return nil }
                    return isOverLimit ? .overLimit(beginning: line) : .bytes(line)
                }
            }
            isEmpty = false
            let newline = chunk.firstIndex(of: UInt8(ascii: "\n"))
            let part = chunk[..<(newline ?? chunk.endIndex)]
            if !isOverLimit && part.count <= byteLimit - line.count {
                line += part
            } else if !isOverLimit {
                isOverLimit = true
                line = Array((line.prefix(Self.keptBytes) + part.prefix(Self.keptBytes)).prefix(Self.keptBytes))
            }
            chunk = chunk[(newline.map { $0 + 1 } ?? chunk.endIndex)...]
            if newline != nil { return isOverLimit ? .overLimit(beginning: line) : .bytes(line) }
        }
        return nil
    }

    /// Reads the next chunk; false at the end of the input or once `stop` was triggered.
    private mutating func fill() throws(DescriptorError) -> Bool {
        while try stop.waitUntilReadable(descriptor) {
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                // `read` writes at most `buffer.count` bytes, and returns how many, or −1.
                let result = read(descriptor, buffer.baseAddress, buffer.count)
                if result < 0 { failure = errno }
                count = max(0, result)
            }
            if failure == EINTR || failure == EAGAIN { continue }
            guard failure == 0 else { throw DescriptorError("reading", code: failure) }
            chunk = bytes[...]
            return !bytes.isEmpty
        }
        return false
    }
}

/// A failed system call on a file descriptor.
public struct DescriptorError: Error, CustomStringConvertible, Equatable, Sendable {
    /// What was being done: "reading".
    public let action: String
    /// The system's error number.
    public let code: Int32

    init(_ action: String, code: Int32) {
        self.action = action
        self.code = code
    }

    /// Whether the reader at the other end has gone.
    public var isBrokenPipe: Bool { code == EPIPE }

    public var description: String { "\(action) failed: \(String(cString: strerror(code)))" }
}

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
