import DocumentService
import Foundation
import PERKModel
import Synchronization

/// A service that learns nothing: it answers with the last word of the document's sentence that shares most words with
/// the question.
final class FakeService: DocumentAnswering {
    static let documentTokenLimit = 1_000
    static let questionTokenLimit = 100

    private struct Stored {
        var text: String
        var name: String?
        var created: Date
        var lastUsed: Date
    }

    private let stored = Mutex<[String: Stored]>([:])

    func submit(
        text: String, name: String?, progress: @escaping @Sendable (EncodingProgress) -> Void
    ) throws -> SubmittedDocument {
        let tokens = text.split(whereSeparator: \.isWhitespace).count
        guard tokens > 0 else { throw QuestionAnsweringError.emptyDocument }
        guard tokens <= Self.documentTokenLimit else {
            throw QuestionAnsweringError.documentTooLong(tokens: tokens, limit: Self.documentTokenLimit)
        }
        if text.hasPrefix("DIVERGE") { throw QuestionAnsweringError.diverged(step: 2, loss: .nan) }
        if text.hasPrefix("FAIL") { throw CocoaError(.fileReadUnknown) }
        if text.hasPrefix("SLOW") { Thread.sleep(forTimeInterval: 0.5) }
        let document = "sha256:" + text.utf8.map { String($0, radix: 16) }.joined().suffix(64)
        let cached = stored.withLock { stored in
            let cached = stored[document] != nil
            if !cached { stored[document] = Stored(text: text, name: name, created: Date(), lastUsed: Date()) }
            return cached
        }
        if !cached { progress(EncodingProgress(step: 1, steps: 1, segment: 1, segments: 1)) }
        let losses = text.hasPrefix("INFINITE") ? [Double.infinity] : [2.5, 0.25]
        return SubmittedDocument(
            document: document, tokens: tokens, segments: 1, cached: cached, seconds: 0.5, losses: losses,
            warnings: text.hasPrefix("LONG") ? [.longerThanTrained(tokens: tokens, limit: 2)] : [])
    }

    func documents() throws -> [DocumentSummary] {
        stored.withLock { stored in
            stored.sorted { $0.value.lastUsed > $1.value.lastUsed }.map {
                DocumentSummary(
                    document: $0.key, name: $0.value.name, tokens: 1, bytes: 8, created: $0.value.created,
                    lastUsed: $0.value.lastUsed)
            }
        }
    }

    func remove(document: String) throws -> Bool {
        stored.withLock { $0.removeValue(forKey: document) != nil }
    }

    func ask(document: String, question: String, sampling: SamplingOptions) throws -> Answer {
        let words = Set(question.split { !$0.isLetter }.map { $0.lowercased() })
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
            logProbability: -0.5,
            finish: sampling.temperature > 0 ? .length : .stop,
            seconds: Answer.Seconds(encode: 0, firstToken: 0.25, total: 0.75))
    }

    func status() throws -> ServiceStatus {
        ServiceStatus(model: "fake", modelDigest: "none", cache: nil, uptime: 1)
    }
}
