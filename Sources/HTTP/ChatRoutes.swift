import DocumentService
import Foundation
import HTTPFormats
import Hummingbird
import JSONRPC
import PERKModel
import StrictJSON

/// The part of OpenAI's interface by which its clients list learned documents, as models, and ask about them.
struct ChatRoutes: Sendable {
    let service: any DocumentAnswering
    let configuration: HTTPConfiguration

    private static let prefix = "perk/"

    func add(to router: Router<ServiceContext>) {
        router.get("/v1/models") { _, _ in
            let documents = try await service.documents()
            return Response(json: ["object": "list", "data": .array(documents.map(Self.model))])
        }
        router.get("/v1/models/**") { _, context in
            let path = context.parameters.getCatchAll().joined(separator: "/")
            let name = path.removingPercentEncoding ?? path
            let identifier = try await document(of: name)
            guard let known = try await service.documents().first(where: { $0.document == identifier }) else {
                throw Self.unknown(name)
            }
            return Response(json: Self.model(of: known))
        }
        router.post("/v1/chat/completions") { request, _ in
            let received = try await ReceivedRequest(request, configuration)
            let chat = try ChatRequest(received.json())
            let completion = Completion(model: chat.model, document: try await document(of: chat.model))
            let question = AskRequest(
                document: completion.document, question: chat.question, sampling: chat.sampling, stream: chat.streams)
            guard chat.streams else {
                return try await received.whileConnected {
                    Response(json: try completion.whole(await service.answer(question)))
                }
            }
            return Response(eventsFor: received.request) { send in
                await stream(question, completion) { send(ServerSentEvent.bytes($0)) }
            }
        }
    }

    private func stream(
        _ question: AskRequest, _ completion: Completion, send: @escaping @Sendable (String) -> Void
    ) async {
        send(completion.chunk(["role": "assistant", "content": ""]).description)
        do {
            let answer = try await service.answer(
                question, onText: { send(completion.chunk(["content": .string($0)]).description) })
            send(try completion.lastChunk(answer).description)
            send("[DONE]")
        } catch {
            send(Refusal(answering: error).json.description)
        }
    }

    /// The document that a model's name names: `perk/sha256:…`, or a document's label.
    private func document(of model: String) async throws -> String {
        let name = model.hasPrefix(Self.prefix) ? String(model.dropFirst(Self.prefix.count)) : model
        if name.hasPrefix("sha256:") { return name }
        let called = try await service.documents().filter { $0.name == name }
        guard let document = called.first else { throw Self.unknown(model) }
        guard called.count == 1 else {
            throw RPCError.invalid("model", "\(called.count) documents are called \(name): name one as perk/sha256:…")
        }
        return document.document
    }

    private static func unknown(_ model: String) -> RPCError {
        RPCError(
            .unknownDocument, "no document \(model.prefix(80)) is known: submit its text first", parameter: "model")
    }

    private static func model(of document: DocumentSummary) -> JSONValue {
        [
            "id": .string(prefix + document.document), "object": "model",
            "created": .integer(Int(document.created.timeIntervalSince1970)), "owned_by": "perk",
            "name": .optional(document.name),
        ]
    }
}

/// What is written of one answer.
private struct Completion: Sendable {
    let model: String
    let document: String
    private let id = "chatcmpl-" + UUID().uuidString.lowercased()
    private let created = Int(Date().timeIntervalSince1970)

    init(model: String, document: String) { (self.model, self.document) = (model, document) }

    func whole(_ answer: Answer) throws -> JSONValue {
        let choice: JSONValue = [
            "index": .integer(0), "message": ["role": "assistant", "content": .string(answer.text), "refusal": .null],
            "logprobs": .null, "finish_reason": .string(answer.finish.rawValue),
        ]
        return .object(head("chat.completion", choice) + [.init("perk", try details(answer))])
    }

    func chunk(_ delta: JSONValue, finish: JSONValue = .null) -> JSONValue {
        .object(
            head("chat.completion.chunk", ["index": .integer(0), "delta": delta, "finish_reason": finish]))
    }

    func lastChunk(_ answer: Answer) throws -> JSONValue {
        guard case .object(let members) = chunk([:], finish: .string(answer.finish.rawValue)) else { return .null }
        return .object(members + [.init("perk", try details(answer))])
    }

    private func head(_ object: String, _ choice: JSONValue) -> [JSONValue.Member] {
        [
            .init("id", .string(id)), .init("object", .string(object)), .init("created", .integer(created)),
            .init("model", .string(model)), .init("choices", [choice]),
        ]
    }

    /// What this service knows of an answer, and OpenAI's interface has no place for.
    private func details(_ answer: Answer) throws -> JSONValue {
        .object([.init("document", .string(document))] + (try JSONValue.members(of: answer)))
    }
}
