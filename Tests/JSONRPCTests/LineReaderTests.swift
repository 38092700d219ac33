import Foundation
import Testing

@testable import JSONRPC

@Suite struct LineReaderTests {
    /// The lines of an input that fits into a pipe's buffer.
    private func lines(_ input: String, byteLimit: Int = 10) throws -> [LineReader.Line] {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data(input.utf8))
        try pipe.fileHandleForWriting.close()
        var reader = LineReader(
            descriptor: pipe.fileHandleForReading.fileDescriptor, byteLimit: byteLimit, stop: StopSignal())
        var lines: [LineReader.Line] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    private func over(_ beginning: String) -> LineReader.Line {
        .overLimit(beginning: Array(beginning.utf8))
    }

    private func bytes(_ text: String) -> LineReader.Line {
        .bytes(Array(text.utf8))
    }

    @Test func splitsAtNewlines() throws {
        #expect(try lines("") == [])
        #expect(try lines("\n") == [bytes("")])
        #expect(try lines("a\n\nb\r\n") == [bytes("a"), bytes(""), bytes("b\r")])
        #expect(try lines("a\nlast") == [bytes("a"), bytes("last")])
    }

    @Test func skipsLinesOverTheLimit() throws {
        #expect(try lines("1234567890\n12345678901\nok\n") == [bytes("1234567890"), over("12345678901"), bytes("ok")])
        #expect(try lines("12345678901") == [over("12345678901")])
        #expect(try lines("ok\n12345678901\n") == [bytes("ok"), over("12345678901")])
    }

    /// Lines that end before, at and after the end of a chunk of 64 KiB.
    @Test(arguments: [65_535, 65_536, 65_537, 200_000])
    func joinsChunks(count: Int) throws {
        let file = URL.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        let long = String(repeating: "x", count: count)
        try Data("\(long)\nb\n\(long)y\nc".utf8).write(to: file)
        let handle = try FileHandle(forReadingFrom: file)
        var reader = LineReader(descriptor: handle.fileDescriptor, byteLimit: count, stop: StopSignal())
        #expect(try reader.next() == bytes(long))
        #expect(try reader.next() == bytes("b"))
        #expect(try reader.next() == over(String(long.prefix(4096))))
        #expect(try reader.next() == bytes("c"))
        #expect(try reader.next() == nil)
    }

    @Test func stopWakesABlockedRead() throws {
        let (pipe, stop) = (Pipe(), StopSignal())
        var reader = LineReader(
            descriptor: pipe.fileHandleForReading.fileDescriptor, byteLimit: 10, stop: stop)
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.05)
            stop.trigger()
        }
        #expect(try reader.next() == nil)
        try pipe.fileHandleForWriting.close()
    }

    @Test func nothingIsAcceptedAfterStop() throws {
        let (pipe, stop) = (Pipe(), StopSignal())
        pipe.fileHandleForWriting.write(Data("a\nb\n".utf8))
        var reader = LineReader(
            descriptor: pipe.fileHandleForReading.fileDescriptor, byteLimit: 10, stop: stop)
        #expect(try reader.next() == bytes("a"))
        stop.trigger()
        #expect(try reader.next() == nil)
    }

    @Test func aProcessSignalStops() throws {
        let (pipe, stop) = (Pipe(), StopSignal(signals: [SIGUSR1]))
        var reader = LineReader(
            descriptor: pipe.fileHandleForReading.fileDescriptor, byteLimit: 10, stop: stop)
        kill(getpid(), SIGUSR1)
        #expect(try reader.next() == nil)
        try pipe.fileHandleForWriting.close()
    }

    @Test func aClosedDescriptorIsAnError() throws {
        var reader = LineReader(descriptor: 1_000_000, byteLimit: 10, stop: StopSignal())
        #expect(throws: DescriptorError("reading", code: EBADF)) { try reader.next() }
    }
}
