import Foundation

/// A file whose bytes are read where they are wanted, from any thread.
///
/// Read with `pread` rather than mapped into memory: a file that is cut off while it is in use gives an error instead
/// of a bus error, and the pages of a data set larger than memory do not count as the program's.
final class RandomAccessFile: Sendable {
    let path: String
    let byteCount: Int
    private let descriptor: Int32

    /// - Throws: `RowError` where `path` is no file that can be read.
    init(path: String) throws(RowError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw RowError(file: path, line: nil, reason: "cannot be opened: \(reason)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw RowError(file: path, line: nil, reason: "is no regular file; rows are read in any order, so give one")
        }
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// The bytes in `range`, which lies within the file as it was when it was opened.
    ///
    /// - Throws: `RowError` where they cannot be read, or are there no longer.
    func bytes(in range: Range<Int>) throws(RowError) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "bytes outside the file")
        var bytes = [UInt8](repeating: 0, count: range.count)
        var filled = 0
        while filled < range.count {
            // `filled` is less than the array's count, and no more is asked for than lies behind it.
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled,
                    off_t(range.lowerBound + filled))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let reason = count == 0 ? "became shorter after it was opened" : String(cString: strerror(errno))
                throw RowError(file: path, line: nil, reason: "cannot be read: \(reason)")
            }
            filled += count
        }
        return bytes
    }

    /// Hands over the bytes in `range` in order, a part at a time, until `body` returns false.
    func forEachChunk(
        in range: Range<Int>, of size: Int = 1 << 18, _ body: (_ chunk: [UInt8], _ offset: Int) -> Bool
    ) throws(RowError) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = start + min(size, range.upperBound - start)
            guard body(try bytes(in: start..<end), start) else { return }
            start = end
        }
    }

    /// The line that the byte at `offset` is on, counted from 1.
    func line(at offset: Int) throws(RowError) -> Int {
        var line = 1
        try forEachChunk(in: 0..<offset) { chunk, _ in
            for byte in chunk where byte == UInt8(ascii: "\n") { line += 1 }
            return true
        }
        return line
    }
}
