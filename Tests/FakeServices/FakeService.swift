import DocumentService
import Foundation
import PERKModel
import Synchronization

/// A service that learns nothing: it answers with the last word of the document's sentence that shares most words with
/// the question.
package final class FakeService: DocumentAnswering {
    package static let documentTokenLimit = 1_000
    package static let questionTokenLimit = 100

    private struct Stored {
        var text: String
        var name: String?
        var isPinned = false
        var keepsText: Bool
        var created: Date
        var lastUsed: Date
    }

    private let stored = Mutex<[String: Stored]>([:])
    private let isShuttingDown = Mutex(false)
    private let calls = Mutex(0)

    package init() {}

    /// How many submissions, and looks at the status, there have been.
    package var callCount: Int { calls.withLock { $0 } }

    package func submit(_ request: SubmitRequest, progress: ProgressHandler?) async throws -> SubmittedDocument {
        calls.withLock { $0 += 1 }
        let text = request.text ?? SubmitRequest.collection(of: request.texts ?? [])
        if isShuttingDown.withLock({ $0 }) { throw ServiceError.shuttingDown }
        if let name = request.name, name.count > SubmitRequest.nameLimit {
            throw ServiceError.invalid(parameter: "name", reason: "too long")
        }
        let tokens = text.split(whereSeparator: \.isWhitespace).count
        guard tokens > 0 else { throw QuestionAnsweringError.emptyDocument }
        guard tokens <= Self.documentTokenLimit else {
            throw QuestionAnsweringError.documentTooLong(tokens: tokens, limit: Self.documentTokenLimit)
        }
        if text.hasPrefix("DIVERGE") { throw QuestionAnsweringError.diverged(step: 2, loss: .nan) }
        if text.hasPrefix("FAIL") { throw CocoaError(.fileReadUnknown) }
        if text.hasPrefix("FULL") { throw ServiceError.queueFull(limit: 3) }
        if text.hasPrefix("SLOW") { try await Task.sleep(for: .milliseconds(500)) }
        if text.hasPrefix("ENDLESS") { try await Task.sleep(for: .seconds(600)) }
        let document = Self.identifier(of: text)
        let cached = stored.withLock { stored in
            let cached = stored[document] != nil
            let earlier =
                stored[document]
                ?? Stored(text: text, name: nil, keepsText: false, created: Date(), lastUsed: Date())
            stored[document] = earlier
            stored[document]?.name = request.name ?? earlier.name
            stored[document]?.keepsText = request.keepText ?? earlier.keepsText
            return cached
        }
        if !cached { progress?(EncodingProgress(step: 1, steps: 1, segment: 1, segments: 1, loss: 2.5)) }
        let losses = text.hasPrefix("INFINITE") ? [Double.infinity] : [2.5, 0.25]
        return SubmittedDocument(
            document: document, tokens: tokens, segments: 1, cached: cached, seconds: 0.5, losses: losses,
            warnings: text.hasPrefix("LONG") ? [.longerThanTrained(tokens: tokens, limit: 2)] : [])
    }

    package static func identifier(of text: String) -> String {
        "sha256:" + text.utf8.map { String($0, radix: 16) }.joined().suffix(64)
    }

    package func append(_ request: AppendRequest, progress: ProgressHandler?) async throws -> SubmittedDocument {
        guard let earlier = stored.withLock({ $0[request.document] }), earlier.keepsText else {
            throw ServiceError.noTextKept(document: request.document)
        }
        var submitted = try await submit(
            SubmitRequest(text: earlier.text + "\n" + request.text, name: earlier.name, keepText: true),
            progress: progress)
        submitted.previous = request.document
        return submitted
    }

    package func documents() async throws -> [DocumentSummary] {
        stored.withLock { stored in
            stored.sorted { $0.value.lastUsed > $1.value.lastUsed }.map {
                DocumentSummary(
                    document: $0.key, name: $0.value.name, tokens: 1, bytes: 8, pinned: $0.value.isPinned,
                    created: $0.value.created, lastUsed: $0.value.lastUsed)
            }
        }
    }

    package func remove(document: String) async throws -> Bool {
        stored.withLock { $0.removeValue(forKey: document) != nil }
    }

    package func setPinned(_ isPinned: Bool, document: String) async throws {
        let isKnown = stored.withLock { stored in
            stored[document]?.isPinned = isPinned
            return stored[document] != nil
        }
        guard isKnown else { throw QuestionAnsweringError.unknownDocument(document) }
    }

    package func ask(_ request: AskRequest, progress: ProgressHandler?) -> AsyncThrowingStream<AnswerEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let answer = try await answer(to: request, progress)
                    for letter in request.stream == true ? answer.text.map(String.init) : [] {
                        continuation.yield(.text(letter))
                    }
                    continuation.yield(.answer(answer))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func answer(to request: AskRequest, _ progress: ProgressHandler?) async throws -> Answer {
        var (encode, document) = (0.0, request.document ?? "")
        if let text = request.text {
            guard request.document == nil else { throw ServiceError.invalid(parameter: "text", reason: "not both") }
            document = try await submit(SubmitRequest(text: text), progress: progress).document
            encode = 0.5
        }
        let sampling = request.sampling ?? SamplingOptions()
        let words = Set(request.question.split { !$0.isLetter }.map { $0.lowercased() })
        guard !words.isEmpty else { throw QuestionAnsweringError.emptyQuestion }
        guard words.count <= Self.questionTokenLimit else {
            throw QuestionAnsweringError.questionTooLong(tokens: words.count, limit: Self.questionTokenLimit)
        }
        guard let text = stored.withLock({ $0[document]?.text }) else {
            throw QuestionAnsweringError.unknownDocument(document)
        }
        let sentences = text.split(separator: ".").map { $0.split { !$0.isLetter } }
        let best = sentences.max { first, second in
            let shared = [first, second].map { sentence in
                sentence.count { word in words.contains { word.lowercased().hasPrefix($0) } }
            }
            return shared[0] < shared[1]
        }
        return Answer(
            text: String(best?.last ?? ""), confidence: text.hasPrefix("LONG") ? 0.75 : nil, tokens: sampling.maxTokens,
            logProbability: -0.5, finish: sampling.temperature > 0 ? .length : .stop,
            seconds: Answer.Seconds(encode: encode, firstToken: encode + 0.25, total: encode + 0.75))
    }

    package func refuseWaiting() { isShuttingDown.withLock { $0 = true } }

    package func stop() { refuseWaiting() }

    package func status() async throws -> ServiceStatus {
        calls.withLock { $0 += 1 }
        return ServiceStatus(
            model: "fake", modelDigest: "none", metaTrained: true, arithmetic: "float32",
            cache: CacheStatus(path: ":memory:", documents: 0, bytes: 0, byteLimit: nil, hits: 0, misses: 0),
            queue: QueueStatus(encoding: 1, waiting: 2), limits: ServiceLimits(), uptime: 1, version: "1.2.3")
    }
}
