import DocumentService
import Foundation
import HTTPFormats
import Hummingbird
import HummingbirdCore
import JSONRPC
import Logging
import MCP
import NIOCore
import ServiceLifecycle
import StrictJSON
import Synchronization

/// Serves documents and questions over HTTP: the service's methods as JSON and as events, the part of OpenAI's interface
/// that fits, the Model Context Protocol, measurements, and a page.
public struct HTTPServer: Sendable {
    private let service: any DocumentAnswering
    private let configuration: HTTPConfiguration
    private let files: AllowedDirectories
    private let version: String
    private let logger: Logger

    /// - Parameters:
    ///   - service: What learns the documents and answers the questions.
    ///   - files: The directories that a document's path may lead into.
    ///   - version: What the server calls its version.
    ///   - logger: Gets one line for each request, which never holds a document's text.
    /// - Throws: ``HTTPConfigurationError``.
    public init(
        service: any DocumentAnswering, configuration: HTTPConfiguration, files: AllowedDirectories, version: String,
        logger: Logger
    ) throws(HTTPConfigurationError) {
        try configuration.validate()
        (self.service, self.configuration, self.files) = (service, configuration, files)
        (self.version, self.logger) = (version, logger)
    }

    /// Serves until the task is cancelled, or the process is told to end.
    ///
    /// When it is told to, what waits is refused, and what is being computed is finished within the grace period; told a
    /// second time, it ends at once.
    ///
    /// - Parameters:
    ///   - handlesSignals: Whether SIGTERM and SIGINT tell the process to end in this way.
    ///   - onListening: Called once with the port that is listened on.
    /// - Throws: An error that says why it cannot listen.
    public func run(
        handlesSignals: Bool = false, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let drain = Drain(service: service, handlesSignals: handlesSignals)
        let application = Application(
            router: router(drain),
            server: .http1(
                configuration: .init(
                    idleTimeout: .milliseconds(Int64(configuration.idleSeconds * 1000)),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: HTTPConfiguration.headerBytes,
                        maxHeaderListSize: HTTPConfiguration.headerBytes, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.connections, logger: logger)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? configuration.port) },
            logger: logger)
        // What is stopped first stands last.
        var group = ServiceGroupConfiguration(
            services: [application, drain], gracefulShutdownSignals: handlesSignals ? [.sigterm, .sigint] : [],
            logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.graceSeconds)
        defer { service.stop() }
        try await ServiceGroup(configuration: group).run()
    }

    private func router(_ drain: Drain) -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
        let metrics = RequestMetrics()
        router.add(middleware: RequestLog(metrics: metrics))
        router.add(middleware: RequestGuard(configuration))
        let methods = MethodRoutes(methods: Method.all(service: service, files: files), configuration)
        methods.add(to: router)
        DocumentRoutes(service: service, methods: methods, configuration: configuration).add(to: router)
        ChatRoutes(service: service, configuration: configuration).add(to: router)
        let sessions = ContextProtocolSessions { [service, files, version, logger] in
            MessageHandler(contextProtocolFor: service, files: files, version: version, logger: logger)
        }
        ContextProtocolRoutes(sessions: sessions, configuration: configuration).add(to: router)
        PageRoutes.add(to: router)
        router.get("/health") { _, _ in Response(json: ["status": "ok"]) }
        router.get("/ready") { _, _ in
            guard !drain.hasBegun else { throw ServiceError.shuttingDown }
            return Response(json: ["status": "ready", "model": .string(try await service.status().model)])
        }
        router.get("/metrics") { _, _ in
            let text = metrics.text(try await service.status())
            return Response(bytes: Array(text.utf8), type: PrometheusText.contentType)
        }
        return router
    }
}

/// Refuses what waits when the server is asked to stop, while the connections are served to their ends.
private final class Drain: Service {
    private let service: any DocumentAnswering
    private let handlesSignals: Bool
    private let state = Mutex(false)

    init(service: any DocumentAnswering, handlesSignals: Bool) {
        (self.service, self.handlesSignals) = (service, handlesSignals)
    }

    var hasBegun: Bool { state.withLock { $0 } }

    func run() async throws {
        try await gracefulShutdown()
        state.withLock { $0 = true }
        // A second signal has its default effect.
        for number in handlesSignals ? [SIGTERM, SIGINT] : [] { signal(number, SIG_DFL) }
        service.refuseWaiting()
    }
}
