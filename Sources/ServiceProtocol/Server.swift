import Logging
import StrictJSON

/// Serves the lines of one input, one after another, until it ends.
public struct Server: Sendable {
    private let handler: MessageHandler
    private let maximumRequestBytes: Int
    private let logger: Logger

    /// - Parameters:
    ///   - handler: Answers the lines.
    ///   - maximumRequestBytes: The most bytes of a line, its newline not counted; longer ones are skipped and refused.
    ///   - logger: Told when serving begins and ends.
    public init(handler: MessageHandler, maximumRequestBytes: Int, logger: Logger) {
        self.handler = handler
        self.maximumRequestBytes = maximumRequestBytes
        self.logger = logger
    }

    /// Serves until the input ends or `stop` is triggered; the request that is running then is still answered.
    ///
    /// - Parameters:
    ///   - input: The file descriptor to read from.
    ///   - output: The file descriptor that replies are written to.
    ///   - stop: Ends serving early.
    /// - Throws: ``DescriptorError`` when the input cannot be read or the output not be written.
    public func run(input: Int32, output: Int32, stop: StopSignal) throws(DescriptorError) {
        var reader = LineReader(descriptor: input, byteLimit: maximumRequestBytes, stop: stop)
        let writer = LineWriter(descriptor: output)
        logger.info("serving")
        while let line = try reader.next() {
            if let reply = reply(to: line, writer: writer) {
                try writer.write(reply)
            }
        }
        logger.info("finished: \(stop.isTriggered ? "asked to stop" : "end of input")")
    }

    private func reply(to line: LineReader.Line, writer: LineWriter) -> JSONValue? {
        switch line {
        case .overLimit:
            handler.reply(toLineOver: maximumRequestBytes)
        case .bytes(let bytes):
            handler.reply(to: bytes) { notification in
                // A failed write fails the reply that follows as well, and is reported there.
                try? writer.write(notification)
            }
        }
    }
}
