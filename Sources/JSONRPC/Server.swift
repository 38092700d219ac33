import DocumentService
import Foundation
import Logging
import Synchronization

/// Serves the lines of one input until it ends: each is begun when it is read, and answered when its result is there.
public struct Server: Sendable {
    private let service: any DocumentAnswering
    private let handler: MessageHandler
    private let maximumRequestBytes: Int
    private let grace: TimeInterval
    private let unwrittenBytes: Int
    private let logger: Logger

    /// How often is looked whether to stop while waiting for something else, in seconds.
    private static let moment: TimeInterval = 0.05

    /// - Parameters:
    ///   - service: What is stopped when serving ends.
    ///   - handler: What answers the lines.
    ///   - maximumRequestBytes: The most bytes of a line, its newline not counted; longer ones are skipped and refused.
    ///   - grace: The seconds that what is being computed may take once the service is asked to stop.
    ///   - unwrittenBytes: The bytes of replies that may wait for their reader before no more requests are read.
    ///   - logger: Told when serving begins and ends, and of each request.
    public init(
        service: any DocumentAnswering, handler: MessageHandler, maximumRequestBytes: Int, grace: TimeInterval = 30,
        unwrittenBytes: Int = 1 << 24, logger: Logger
    ) {
        self.service = service
        self.handler = handler
        self.maximumRequestBytes = maximumRequestBytes
        self.grace = grace
        self.unwrittenBytes = unwrittenBytes
        self.logger = logger
    }

    /// Serves until the input ends or `stop` is triggered.
    ///
    /// At the end of the input, what was read is finished. When `stop` is triggered, what waits is refused, and what is
    /// being computed is finished within the grace period. No more is read while much is being served, or waits for its
    /// reader.
    ///
    /// - Parameters:
    ///   - input: The file descriptor to read from.
    ///   - output: The file descriptor that replies are written to.
    ///   - stop: Ends serving early.
    /// - Throws: ``DescriptorError`` when the input cannot be read or the output not be written.
    public func run(input: Int32, output: Int32, stop: StopSignal) throws(DescriptorError) {
        var reader = LineReader(descriptor: input, byteLimit: maximumRequestBytes, stop: stop)
        let outgoing = OutgoingLines(descriptor: output) { stop.trigger() }
        let accepted = AcceptedLines(byteLimit: 8 * min(maximumRequestBytes, .max / 8))
        logger.info("serving")
        defer {
            service.stop()
            logger.info("finished: \(stop.isTriggered ? "asked to stop" : "end of input")")
        }
        while let line = try reader.next() {
            serve(line, accepted, outgoing)
            while !stop.isTriggered, !accepted.wait(forRoom: Self.later) || !hasRoom(outgoing) {}
        }
        while !stop.isTriggered, !accepted.wait(forAll: Self.later) {}
        if stop.isTriggered {
            service.refuseWaiting()
            if !accepted.wait(forAll: Date() + grace) { service.stop() }
            // What is being computed stops at the next micro-batch or token, and its reader may be slow.
            _ = accepted.wait(forAll: Date() + grace)
            _ = outgoing.wait(forAtMost: 0, until: Date() + grace)
        } else {
            while !stop.isTriggered, !outgoing.wait(forAtMost: 0, until: Self.later) {}
        }
        try outgoing.check()
    }

    private static var later: Date { Date() + moment }

    private func hasRoom(_ outgoing: OutgoingLines) -> Bool {
        outgoing.wait(forAtMost: unwrittenBytes, until: Self.later)
    }

    private func serve(_ line: LineReader.Line, _ accepted: AcceptedLines, _ outgoing: OutgoingLines) {
        let send: @Sendable ([UInt8]) -> Void = { outgoing.write($0) }
        switch line {
        case .overLimit(let beginning):
            _ = handler.refuse(lineOver: maximumRequestBytes, beginning: beginning, send: send)
        case .bytes(let bytes):
            accepted.add(bytes.count)
            let served = handler.serve(bytes, send: send)
            Task.immediate {
                await served.value
                accepted.remove(bytes.count)
            }
        }
    }
}

/// The lines that are being served, which are bounded in number and in size.
private final class AcceptedLines: @unchecked Sendable {
    private let byteLimit: Int
    private let condition = NSCondition()
    private var count = 0
    private var bytes = 0

    private static let countLimit = 1024

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    func add(_ bytes: Int) { change(by: 1, bytes) }

    func remove(_ bytes: Int) { change(by: -1, -bytes) }

    private func change(by count: Int, _ bytes: Int) {
        condition.lock()
        self.count += count
        self.bytes += bytes
        condition.broadcast()
        condition.unlock()
    }

    /// Returns whether one more line may be served; waits for it until a date at most.
    func wait(forRoom date: Date) -> Bool {
        wait(until: date) { $0.count < Self.countLimit && $0.bytes < $0.byteLimit }
    }

    /// Returns whether all have been served; waits for it until a date at most.
    func wait(forAll date: Date) -> Bool { wait(until: date) { $0.count == 0 } }

    private func wait(until date: Date, _ isMet: (AcceptedLines) -> Bool) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while !isMet(self) {
            guard condition.wait(until: date) else { return isMet(self) }
        }
        return true
    }
}
