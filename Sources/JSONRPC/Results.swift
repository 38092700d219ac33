import DocumentService
import Foundation
import PERKModel
import StrictJSON

// The service's values as results. The order of the members is part of the protocol.

extension JSONValue {
    /// The result of `documents/submit` and `documents/append`; `previous` where text was appended.
    package init(_ submitted: SubmittedDocument) throws {
        let previous = submitted.previous.map { [Member("previous", .string($0))] } ?? []
        self = .object(
            [Member("document", .string(submitted.document))] + previous + [
                Member("tokens", .integer(submitted.tokens)),
                Member("segments", .integer(submitted.segments)),
                Member("cached", .boolean(submitted.cached)),
                Member("seconds", try .finite(submitted.seconds, "seconds")),
                Member("losses", .array(try submitted.losses.map { try .finite($0, "losses") })),
                Member("warnings", .array(submitted.warnings.map { .string($0.description) })),
            ])
    }

    /// One of the documents in the result of `documents/list`; times are ISO 8601 in UTC.
    package init(_ summary: DocumentSummary) {
        self = [
            "document": .string(summary.document),
            "name": .optional(summary.name),
            "tokens": .integer(summary.tokens),
            "bytes": .integer(summary.bytes),
            "pinned": .boolean(summary.pinned),
            "created": .string(summary.created.formatted(.iso8601)),
            "lastUsed": .string(summary.lastUsed.formatted(.iso8601)),
        ]
    }

    /// The result of `questions/ask`.
    package init(_ answer: Answer) throws {
        self = .object(try Self.members(of: answer))
    }

    /// The members of the result of `questions/ask`; `confidence` where the model is calibrated, `support` where it was
    /// trained to give it.
    public static func members(of answer: Answer) throws -> [Member] {
        let confidence = try answer.confidence.map { [Member("confidence", try .finite($0, "confidence"))] } ?? []
        let support = answer.support.map { [Member("support", .string($0))] } ?? []
        let seconds: JSONValue = [
            "encode": try .finite(answer.seconds.encode, "seconds.encode"),
            "firstToken": try .finite(answer.seconds.firstToken, "seconds.firstToken"),
            "total": try .finite(answer.seconds.total, "seconds.total"),
        ]
        return [Member("answer", .string(answer.text))] + confidence + support + [
            Member("tokens", .integer(answer.tokens)),
            Member("logProbability", try .finite(answer.logProbability, "logProbability")),
            Member("finish", .string(answer.finish.rawValue)),
            Member("seconds", seconds),
        ]
    }

    /// The result of `server/status`.
    package init(_ status: ServiceStatus) throws {
        self = [
            "model": .string(status.model),
            "modelDigest": .string(status.modelDigest),
            "metaTrained": .boolean(status.metaTrained),
            "arithmetic": .string(status.arithmetic),
            "cache": JSONValue(status.cache),
            "queue": ["encoding": .integer(status.queue.encoding), "waiting": .integer(status.queue.waiting)],
            "limits": [
                "requestBytes": .integer(status.limits.requestBytes),
                "documentTokens": .integer(status.limits.documentTokens),
                "waitingDocuments": .integer(status.limits.waitingDocuments),
                "waitingQuestions": .integer(status.limits.waitingQuestions),
                "nameCharacters": .integer(SubmitRequest.nameLimit),
            ],
            "uptime": try .finite(status.uptime, "uptime"),
            "version": .string(status.version),
        ]
    }

    private init(_ cache: CacheStatus) {
        self = [
            "path": .string(cache.path),
            "documents": .integer(cache.documents),
            "bytes": .integer(cache.bytes),
            "byteLimit": cache.byteLimit.map { .integer($0) } ?? .null,
            "hits": .integer(cache.hits),
            "misses": .integer(cache.misses),
        ]
    }

    /// What `notifications/progress` tells beside the request's id; `loss` is null within the first step.
    package static func members(of progress: EncodingProgress) -> [Member] {
        [
            Member("step", .integer(progress.step)), Member("steps", .integer(progress.steps)),
            Member("segment", .integer(progress.segment)), Member("segments", .integer(progress.segments)),
            Member("loss", progress.loss.map { .number($0) } ?? .null),
        ]
    }

    /// A number of a result, which must be finite.
    private static func finite(_ value: Double, _ name: String) throws(RPCError) -> JSONValue {
        guard value.isFinite else {
            throw RPCError(.internalError, "internal error: \(name) is \(value), which no result can hold")
        }
        return .number(value)
    }
}
