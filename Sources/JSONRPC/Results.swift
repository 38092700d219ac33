import DocumentService
import Foundation
import PERKModel
import StrictJSON

// The service's values as results. The order of the members is part of the protocol.

extension JSONValue {
    /// The result of `documents/submit`.
    init(_ submitted: SubmittedDocument) throws {
        self = [
            "document": .string(submitted.document),
            "tokens": .integer(submitted.tokens),
            "segments": .integer(submitted.segments),
            "cached": .boolean(submitted.cached),
            "seconds": try .finite(submitted.seconds, "seconds"),
            "losses": .array(try submitted.losses.map { try .finite($0, "losses") }),
            "warnings": .array(submitted.warnings.map { .string($0.description) }),
        ]
    }

    /// One of the documents in the result of `documents/list`; times are ISO 8601 in UTC.
    init(_ summary: DocumentSummary) {
        self = [
            "document": .string(summary.document),
            "name": .optional(summary.name),
            "tokens": .integer(summary.tokens),
            "bytes": .integer(summary.bytes),
            "created": .string(summary.created.formatted(.iso8601)),
            "lastUsed": .string(summary.lastUsed.formatted(.iso8601)),
        ]
    }

    /// The result of `questions/ask`.
    init(_ answer: Answer) throws {
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

    /// The result of `server/status`; `cache` is null where nothing is stored.
    init(_ status: ServiceStatus) throws {
        self = [
            "model": .string(status.model),
            "modelDigest": .string(status.modelDigest),
            "cache": status.cache.map(JSONValue.init) ?? .null,
            "uptime": try .finite(status.uptime, "uptime"),
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

    /// The parameters of `notifications/progress`.
    init(_ progress: EncodingProgress, id: RequestID) {
        self = [
            "id": id.json,
            "step": .integer(progress.step),
            "steps": .integer(progress.steps),
            "segment": .integer(progress.segment),
            "segments": .integer(progress.segments),
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
