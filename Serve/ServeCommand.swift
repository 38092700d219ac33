import ArgumentParser
import Foundation
import ServiceProtocol

/// `perk-serve serve`: answers requests on standard input until it ends.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve JSON-RPC 2.0 requests, one per line, on standard input and output.",
        discussion: """
            Methods: documents/submit, documents/list, documents/remove, questions/ask, server/status.
            At the end of input, or on SIGTERM or SIGINT, the running request is finished and the exit status is 0.

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

    func run() throws {
        let logger = options.makeLogger()
        let stop = StopSignal(signals: [SIGTERM, SIGINT])
        let files = try AllowedDirectories(allowedDirectories, byteLimit: options.maxRequestBytes)
        let service = try makeService(options: options)
        let handler = MessageHandler(service: service, files: files, logger: logger)
        let server = Server(handler: handler, maximumRequestBytes: options.maxRequestBytes, logger: logger)
        try server.run(input: STDIN_FILENO, output: STDOUT_FILENO, stop: stop)
    }
}
