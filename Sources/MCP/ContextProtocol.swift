import DocumentService
import Foundation
import JSONRPC
import Logging
import StrictJSON

/// The Model Context Protocol, by which assistants learn documents and ask about them.
///
/// Specification: modelcontextprotocol.io, revisions 2024-11-05 to 2025-11-25 and 2026-07-28. Learned documents are its
/// resources, and what can be done with them its tools. It has no prompts, and asks nothing of the client.
package enum ContextProtocol {
    /// The methods of the protocol by their names.
    ///
    /// - Parameters:
    ///   - files: The directories that a document's path may lead into.
    ///   - version: What the server calls its version.
    package static func methods(
        service: any DocumentAnswering, files: AllowedDirectories, version: String
    ) -> [String: Method] {
        let tools = ToolCaller(methods: Method.all(service: service, files: files))
        return [
            "initialize": .ofContextProtocol { call in
                let requested = try call.parameters.text("protocolVersion")
                return [
                    .init("protocolVersion", .string(ProtocolRevision.agreed(on: requested)))
                ] + description(version)
            },
            "server/discover": .ofContextProtocol(.constant) { call in
                // Who asks without naming a revision gets the error that the protocol has for it.
                guard try ProtocolRevision(call.parameters) == .named else {
                    throw RPCError.invalid("_meta", "missing; name the revision and the client's capabilities")
                }
                return [.init("supportedVersions", [.string(ProtocolRevision.current)])] + description(version)
            },
            "ping": .ofContextProtocol { _ in [] },
            "notifications/initialized": .ofContextProtocol { _ in [] },
            "notifications/roots/list_changed": .ofContextProtocol { _ in [] },
            "tools/list": .ofContextProtocol(.constant) { _ in
                [.init("tools", .array(Tool.all.map(\.description)))]
            },
            "tools/call": .ofContextProtocol { try await tools.result(of: $0) },
            "resources/list": .ofContextProtocol(.momentary) { _ in
                [.init("resources", .array(try await service.documents().map(DocumentResource.description)))]
            },
            "resources/templates/list": .ofContextProtocol(.constant) { _ in [.init("resourceTemplates", [])] },
            "resources/read": .ofContextProtocol(.momentary) { call in
                [.init("contents", [try await DocumentResource.contents(of: call.parameters.text("uri"), in: service)])]
            },
        ]
    }

    private static func description(_ version: String) -> [JSONValue.Member] {
        [
            .init("capabilities", ["tools": [:], "resources": [:]]),
            .init("serverInfo", ["name": "perk", "title": "PERK", "version": .string(version)]),
            .init(
                "instructions",
                """
                Learns long documents into small adapters of a language model and answers short factual questions about \
                them. Submit a document once, then ask about it by its identifier; answers come with a confidence where \
                the model is calibrated.
                """),
        ]
    }
}

/// A learned document as a resource: what is known of it. Its text is not among it, for only an adapter is kept.
private enum DocumentResource {
    private static let prefix = "perk://document/"

    static func description(of document: DocumentSummary) -> JSONValue {
        [
            "uri": .string(prefix + document.document),
            "name": .string(document.name ?? document.document),
            "description": .string("A learned document of \(document.tokens) tokens; ask about it with ask_question."),
            "mimeType": "application/json",
        ]
    }

    /// - Throws: `RPCError` naming `uri`.
    static func contents(of uri: String, in service: any DocumentAnswering) async throws -> JSONValue {
        guard let document = try await service.documents().first(where: { prefix + $0.document == uri }) else {
            throw RPCError.invalid("uri", "no such resource; resources/list has those that there are")
        }
        return [
            "uri": .string(uri), "mimeType": "application/json",
            "text": .string(JSONValue(document).description),
        ]
    }
}

extension MessageHandler {
    /// A handler of the Model Context Protocol, for one client. A cancelled request gets no reply.
    ///
    /// - Parameters:
    ///   - service: What learns the documents and answers the questions.
    ///   - files: The directories that a document's path may lead into.
    ///   - version: What the server calls its version.
    ///   - logger: Gets one line for each request, which never holds a document's text.
    public convenience init(
        contextProtocolFor service: any DocumentAnswering, files: AllowedDirectories, version: String, logger: Logger
    ) {
        self.init(
            methods: ContextProtocol.methods(service: service, files: files, version: version),
            repliesToCancelled: false, logger: logger)
    }
}
