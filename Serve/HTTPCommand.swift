import ArgumentParser
import CommandSupport
import Foundation
import HTTP

/// `perk-serve http`: serves over HTTP until it is told to end.
struct HTTPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http",
        abstract: "Serve over HTTP: a page, JSON, events, OpenAI's chat completions, the Model Context Protocol.",
        discussion: """
            / is a page for people. POST /api/METHOD is a method of the protocol, with its parameters as JSON. \
            /v1/documents takes JSON, plain text and forms. /v1/models and /v1/chat/completions speak to OpenAI's clients, \
            /mcp to assistants. /health, /ready and /metrics (Prometheus) are for operators; /openapi.json describes all.

            Only this machine is served unless --host says otherwise; then a token is required, and TLS is for a proxy in \
            front. Requests must name a host of this machine, or one of --allow-host, and pages of other sites may not \
            use the service unless --allow-origin names them.

            On SIGTERM or SIGINT, what waits is refused and what is being computed is finished; a second one ends at once.

            EXAMPLES:
              perk-serve http
              curl -d '{"text":"Zoe lives in Oslo.","question":"Where does Zoe live?"}' -H 'Content-Type: application/json' \\
                  http://127.0.0.1:8080/api/questions/ask
              perk-serve http --host 0.0.0.0 --token-file /etc/perk/token --allow-host perk.example.org
            """)

    @OptionGroup var options: ServiceOptions
    @OptionGroup var clients: ClientOptions

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen on; 0 takes a free one, which the log names.", valueName: "number"))
    var port = 8080

    @Option(
        help: ArgumentHelp(
            "A file with the token that requests must carry, of 16 characters or more; required beyond this machine.",
            valueName: "file"))
    var tokenFile: String?

    @Option(
        name: .customLong("allow-host"),
        help: ArgumentHelp("A name that requests may call this server by; may be repeated.", valueName: "name"))
    var hostNames: [String] = []

    @Option(
        name: .customLong("allow-origin"),
        help: ArgumentHelp(
            "A site whose pages may use this server, such as https://example.org; may be repeated.", valueName: "origin"
        ))
    var origins: [String] = []

    @Option(
        help: ArgumentHelp(
            "The most requests a second from one address (default: no bound).", valueName: "number"))
    var maxRate: Double?

    @Option(help: ArgumentHelp("The most connections at once; more wait.", valueName: "count"))
    var maxConnections = 4096

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is \(port): give a number from 0 to 65535.")
        }
        guard maxConnections >= 1 else {
            throw ValidationError("--max-connections is \(maxConnections): give a number of at least 1.")
        }
        if let maxRate, !(maxRate > 0 && maxRate.isFinite) {
            throw ValidationError("--max-rate is \(maxRate): give a number above 0.")
        }
    }

    func run() throws {
        let logger = options.makeLogger()
        var configuration = HTTPConfiguration(host: host, port: port, token: try token())
        configuration.hostNames = Set(hostNames.map { $0.lowercased() })
        configuration.origins = Set(origins.map { $0.lowercased() })
        configuration.bodyBytes = options.maxRequestBytes.bytes
        configuration.connections = maxConnections
        configuration.requestsPerSecond = maxRate
        configuration.graceSeconds = clients.grace
        let server = try HTTPServer(
            service: makeService(options: options, waitingDocuments: clients.maxWaiting), configuration: configuration,
            files: clients.allowedDirectories(byteLimit: options.maxRequestBytes.bytes), version: programVersion,
            logger: logger)
        try waiting { [host] in
            try await server.run(handlesSignals: true) { port in
                logger.notice("listening on http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
            }
        }
    }

    /// The file's first line.
    private func token() throws -> String? {
        guard let tokenFile else { return nil }
        do {
            let text = try String(contentsOfFile: tokenFile, encoding: .utf8)
            return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        } catch {
            throw ValidationError("--token-file \(tokenFile) cannot be read: \(error.localizedDescription)")
        }
    }

    /// Runs `work` to its end, while this thread waits.
    private func waiting(_ work: @escaping @Sendable () async throws -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var failure: (any Error)?
        Task {
            do { try await work() } catch { failure = error }
            done.signal()
        }
        done.wait()
        // What was still being computed at the end of the grace period was cancelled.
        if let failure, !(failure is CancellationError) { throw failure }
    }
}
