import AdapterStore
import Foundation
import PERKModel

/// Learns documents and answers questions for many clients at once, with one model.
///
/// One document is learned at a time, and questions are answered beside it, side by side; ``ServiceLimits`` bound what
/// waits. What is computed runs on threads of its own.
public final class AnsweringService: DocumentAnswering {
    private let answerer: QuestionAnswerer
    private let limits: ServiceLimits
    private let version: String
    private let encodings: EncodingQueue
    private let questions: QuestionQueue
    /// For what waits for the store's file.
    private let storing = WorkThreads("perk.store")
    private let started = ContinuousClock.now

    /// - Parameters:
    ///   - answerer: What learns and answers; its limit of a document's tokens is the one that holds.
    ///   - version: What the status calls the program's version.
    public init(_ answerer: QuestionAnswerer, limits: ServiceLimits = ServiceLimits(), version: String) {
        self.answerer = answerer
        self.version = version
        self.limits = limits
        let gate = ComputeGate(threads: answerer.threads)
        encodings = EncodingQueue(waitingLimit: limits.waitingDocuments, gate: gate)
        questions = QuestionQueue(waitingLimit: limits.waitingQuestions, gate: gate, generator: answerer.generator)
    }

    public func refuseWaiting() {
        encodings.refuse(with: ServiceError.shuttingDown)
        questions.refuse(with: ServiceError.shuttingDown)
    }

    public func stop() {
        refuseWaiting()
        encodings.stop(with: ServiceError.shuttingDown)
        questions.stop(with: ServiceError.shuttingDown)
        // Where it fails, the order in which documents were used last is lost, and nothing else.
        try? answerer.store.recordUses()
    }

    public func submit(_ request: SubmitRequest, progress: ProgressHandler?) async throws -> SubmittedDocument {
        let start = ContinuousClock.now
        let text = try request.document()
        guard !text.isBlank else { throw QuestionAnsweringError.emptyDocument }
        let key = answerer.key(of: text)
        let work = EncodingQueue.Work(
            lookUp: { [answerer] in try answerer.known(key) },
            learn: { [answerer] cancellation, report in
                try answerer.learn(
                    text, key: key, name: request.name,
                    progress: {
                        try cancellation.check()
                        report($0)
                    }, check: cancellation.check)
            })
        let learned = try await encodings.learned(key, progress: progress, work: work)
        return try await storing.run { [answerer] in
            if let name = request.name, name != learned.document.name { try answerer.store.rename(key, to: name) }
            if request.keepText == true { try answerer.store.keep(text: text, of: key.document) }
            return try answerer.submitted(learned.document, text, isCached: learned.wasKnown, since: start)
        }
    }

    public func append(_ request: AppendRequest, progress: ProgressHandler?) async throws -> SubmittedDocument {
        guard let identifier = try? DocumentIdentifier(parsing: request.document) else {
            throw QuestionAnsweringError.unknownDocument(request.document)
        }
        guard !request.text.isBlank else { throw QuestionAnsweringError.emptyDocument }
        let key = answerer.key(of: identifier)
        await encodings.settled(key)
        let (text, name) = try await storing.run { [store = answerer.store] in
            guard let text = try store.text(of: identifier) else {
                throw ServiceError.noTextKept(document: request.document)
            }
            return (text, try store.name(of: key))
        }
        let separator = text.last?.isNewline == true ? "" : "\n"
        var submitted = try await submit(
            SubmitRequest(text: text + separator + request.text, name: name, keepText: true), progress: progress)
        submitted.previous = request.document
        return submitted
    }

    public func documents() async throws -> [DocumentSummary] {
        try await storing.run { [answerer] in try answerer.documents() }
    }

    public func remove(document: String) async throws -> Bool {
        try await storing.run { [answerer] in try answerer.remove(document: document) }
    }

    public func setPinned(_ isPinned: Bool, document: String) async throws {
        try await storing.run { [store = answerer.store] in
            guard let identifier = try? DocumentIdentifier(parsing: document),
                try store.setPinned(isPinned, document: identifier)
            else { throw QuestionAnsweringError.unknownDocument(document) }
        }
    }

    public func ask(_ request: AskRequest, progress: ProgressHandler?) -> AsyncThrowingStream<AnswerEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let answer = try await answer(request, progress) { continuation.yield(.text($0)) }
                    continuation.yield(.answer(answer))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func answer(
        _ request: AskRequest, _ progress: ProgressHandler?, onText: @escaping @Sendable (String) -> Void
    ) async throws -> Answer {
        let start = ContinuousClock.now
        guard !request.question.isBlank else { throw QuestionAnsweringError.emptyQuestion }
        let document = try await document(of: request, progress)
        let known = try await storing.run { [answerer] in try answerer.hotAdapter(document) }
        let encoded = ContinuousClock.now
        let question = AnswerGenerator.Question(
            request.question, adapter: known.adapter, segments: known.segments,
            sampling: request.sampling ?? SamplingOptions())
        var answer = try await questions.answer(
            question, since: start, onText: request.stream == true ? onText : nil)
        answer.seconds.encode = (encoded - start).inSeconds
        return answer
    }

    /// The identifier of the document that a question is about, once it is known or can be said not to be.
    private func document(of request: AskRequest, _ progress: ProgressHandler?) async throws -> String {
        switch (request.document, request.text) {
        case (let document?, nil):
            if let identifier = try? DocumentIdentifier(parsing: document) {
                await encodings.settled(answerer.key(of: identifier))
            }
            return document
        case (nil, let text?):
            return try await submit(SubmitRequest(text: text), progress: progress).document
        case (nil, nil):
            throw ServiceError.invalid(parameter: "document", reason: "missing; give a string, or a text")
        default:
            throw ServiceError.invalid(parameter: "text", reason: "give either document or text, not both")
        }
    }

    public func status() async throws -> ServiceStatus {
        let statistics = try await storing.run { [store = answerer.store] in try store.statistics() }
        let learning = encodings.status
        let cache = CacheStatus(
            path: answerer.store.path, documents: statistics.count, bytes: statistics.fileBytes,
            byteLimit: answerer.store.cacheBytes, hits: statistics.hits, misses: statistics.misses)
        return ServiceStatus(
            model: answerer.name, modelDigest: answerer.modelDigest.hexadecimal,
            metaTrained: answerer.model.isMetaTrained, arithmetic: answerer.model.learned.arithmetic.rawValue,
            cache: cache,
            queue: QueueStatus(encoding: learning.learning, waiting: learning.waiting + questions.waitingCount),
            limits: limits, uptime: (ContinuousClock.now - started).inSeconds, version: version)
    }
}
