import ArgumentParser
import Foundation
import JSONRPC

/// `perk-serve serve`: answers requests on standard input until it ends.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve JSON-RPC 2.0 requests, one per line, on standard input and output.",
        discussion: """
            Methods: documents/submit, documents/append, documents/list, documents/remove, documents/pin, documents/unpin, \
            questions/ask, server/status. Replies come as they finish and carry the request's id; the notification \
            notifications/cancelled with a requestId stops a request.

            At the end of input, what was read is finished. On SIGTERM or SIGINT, what waits is refused and what is being \
            computed is finished; a second one ends at once. The exit status is 0.

            EXAMPLES:
              perk-serve --cache adapters.sqlite --allow-documents ~/reports

              {"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{"text":"Zoe lives in Oslo."}}
              {"jsonrpc":"2.0","id":2,"method":"questions/ask",
               "params":{"document":"sha256:…","question":"Where does Zoe live?"}}   (on one line)
            """)

    @OptionGroup var options: ServiceOptions

    @Option(
        name: .customLong("allow-documents"),
        help: ArgumentHelp("Let requests name files below this directory; may be repeated.", valueName: "directory"))
    var allowedDirectories: [String] = []

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

    func run() throws {
        let logger = options.makeLogger()
        let stop = StopSignal(signals: [SIGTERM, SIGINT])
        let requestBytes = options.maxRequestBytes.bytes
        let files = try AllowedDirectories(allowedDirectories, byteLimit: requestBytes)
        let service = try makeService(options: options, waitingDocuments: maxWaiting)
        let server = Server(
            service: service, files: files, maximumRequestBytes: requestBytes, grace: grace, logger: logger)
        try server.run(input: STDIN_FILENO, output: STDOUT_FILENO, stop: stop)
    }
}
