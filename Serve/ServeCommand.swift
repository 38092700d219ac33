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

    @OptionGroup var clients: ClientOptions

    func run() throws {
        try clients.serveStandardInput(options) { MessageHandler(service: $0, files: $1, logger: $2) }
    }
}
