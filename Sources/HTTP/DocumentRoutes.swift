import DocumentService
import HTTPFormats
import Hummingbird
import JSONRPC
import PERKModel
import StrictJSON

/// Documents as things with addresses, and as files that are sent.
struct DocumentRoutes: Sendable {
    let service: any DocumentAnswering
    let methods: MethodRoutes
    let configuration: HTTPConfiguration

    func add(to router: Router<ServiceContext>) {
        router.get("/v1/documents") { request, _ in
            try await methods.answer("documents/list", [:], ReceivedRequest(request, configuration))
        }
        router.post("/v1/documents") { request, _ in
            let received = try await ReceivedRequest(request, configuration)
            return try await methods.answer("documents/submit", submission(received), received)
        }
        router.get("/v1/documents/{document}") { _, context in
            let document = context.document
            guard let known = try await service.documents().first(where: { $0.document == document }) else {
                throw QuestionAnsweringError.unknownDocument(document)
            }
            return Response(json: JSONValue(known))
        }
        router.delete("/v1/documents/{document}") { _, context in
            guard try await service.remove(document: context.document) else {
                throw QuestionAnsweringError.unknownDocument(context.document)
            }
            return Response(json: ["removed": .boolean(true)])
        }
    }

    /// The parameters of `documents/submit` that a body stands for, by its type.
    private func submission(_ received: ReceivedRequest) throws -> JSONValue {
        switch received.mediaType {
        case "text/plain": return .object([.init("text", .string(try received.text()))] + (try options(received)))
        case "multipart/form-data": return try form(received)
        default: return try received.json()
        }
    }

    /// The query's parameters, for bodies that hold the text alone.
    private func options(_ received: ReceivedRequest) throws(RPCError) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        for (name, value) in received.request.uri.queryParameters {
            members.append(try Self.option(String(name), String(value).removingPercentEncoding ?? String(value)))
        }
        return members
    }

    private static func option(_ name: String, _ value: String) throws(RPCError) -> JSONValue.Member {
        switch (name, value) {
        case ("keepText", "true"), ("keepText", "false"): .init(name, .boolean(value == "true"))
        case ("name", _): .init(name, .string(value))
        default: throw .invalid(String(name.prefix(60)), "give name, and keepText=true or keepText=false")
        }
    }

    /// One file, or text, is a document; several are one of numbered parts.
    private func form(_ received: ReceivedRequest) throws -> JSONValue {
        let form: MultipartForm
        do {
            form = try MultipartForm(received.body, contentType: received.request.headers[.contentType] ?? "")
        } catch {
            throw RPCError(.invalidParameters, "\(error)")
        }
        var texts: [JSONValue] = []
        var members: [JSONValue.Member] = []
        for part in form.parts {
            guard let content = String(validating: part.content, as: UTF8.self) else {
                throw RPCError.invalid(String(part.name.prefix(60)), "invalid UTF-8: encode the text as UTF-8")
            }
            if ["file", "text"].contains(part.name) {
                texts.append(.string(content))
            } else {
                members.append(try Self.option(part.name, content))
            }
        }
        let files = form.parts.compactMap(\.fileName).filter { !$0.isEmpty }
        if files.count == 1, !members.contains(where: { $0.name == "name" }) {
            members.append(.init("name", .string(files[0])))
        }
        guard texts.count != 1 else { return .object([.init("text", texts[0])] + members) }
        return .object([.init("texts", .array(texts))] + members)
    }
}

extension ServiceContext {
    /// The document's identifier in the path.
    fileprivate var document: String {
        let text = parameters.get("document") ?? ""
        return text.removingPercentEncoding ?? text
    }
}
