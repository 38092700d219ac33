import ArgumentParser
import DocumentService
import Foundation
import JSONRPC
import Logging

/// The options of every command that serves clients.
struct ClientOptions: ParsableArguments {
    @Option(
        name: .customLong("allow-documents"),
        help: ArgumentHelp("Let requests name files below this directory; may be repeated.", valueName: "directory"))
    var directories: [String] = []

    @Option(help: ArgumentHelp("The most documents that may wait to be learned; more are refused.", valueName: "count"))
    var maxWaiting = 64

    @Option(
        help: ArgumentHelp(
            "How long, in seconds, what is being computed may take on SIGTERM or SIGINT.", valueName: "seconds"))
    var grace = 30.0

    func validate() throws {
        guard maxWaiting >= 1 else {
            throw ValidationError("--max-waiting is \(maxWaiting): give a number of at least 1.")
        }
        guard (0...86_400).contains(grace) else {
            throw ValidationError("--grace is \(grace): give a number of seconds from 0 to 86400.")
        }
    }

    /// - Throws: `NoDirectoryError`.
    func allowedDirectories(byteLimit: Int) throws -> AllowedDirectories {
        try AllowedDirectories(directories, byteLimit: byteLimit)
    }

    /// Serves the messages on standard input until it ends, or a signal asks to stop.
    ///
    /// - Parameter handler: Makes what answers them.
    /// - Throws: an error that names what is wrong with an option; `DescriptorError`.
    func serveStandardInput(
        _ options: ServiceOptions, handler: (any DocumentAnswering, AllowedDirectories, Logger) -> MessageHandler
    ) throws {
        let logger = options.makeLogger()
        let stop = StopSignal(signals: [SIGTERM, SIGINT])
        let requestBytes = options.maxRequestBytes.bytes
        let files = try allowedDirectories(byteLimit: requestBytes)
        let service = try makeService(options: options, waitingDocuments: maxWaiting)
        let server = Server(
            service: service, handler: handler(service, files, logger), maximumRequestBytes: requestBytes, grace: grace,
            logger: logger)
        try server.run(input: STDIN_FILENO, output: STDOUT_FILENO, stop: stop)
    }
}
