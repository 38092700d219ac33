import AdapterStore
import Foundation
import Synchronization
import TinyModels

@testable import DocumentService
@testable import PERKModel

/// A service over a tiny model, with its store at hand.
struct TinyService {
    let model: AnsweringModel
    let store: AdapterStore
    let answerer: QuestionAnswerer
    let service: AnsweringService

    /// - Parameter path: the store's file; a store in memory where there is none.
    init(
        model: AnsweringModel? = nil, path: String? = nil, threads: Int = 1, maximumDocumentTokens: Int = 10_000,
        onDamage: @escaping @Sendable (DamagedAdapter) -> Void = { _ in }
    ) throws {
        let store = try path.map { try AdapterStore(path: $0, onDamage: onDamage) } ?? .inMemory(onDamage: onDamage)
        try self.init(model: model, store: store, threads: threads, maximumDocumentTokens: maximumDocumentTokens)
    }

    init(
        model: AnsweringModel? = nil, store: AdapterStore, threads: Int = 1, maximumDocumentTokens: Int = 10_000,
        limits: ServiceLimits = ServiceLimits()
    ) throws {
        self.model = try model ?? TinyModel.make()
        self.store = store
        answerer = try QuestionAnswerer(
            model: self.model, name: "tiny", store: store, threads: threads,
            maximumDocumentTokens: maximumDocumentTokens)
        service = AnsweringService(answerer, limits: limits, version: "1.2.3")
    }

    @discardableResult
    func submit(_ text: String, name: String? = nil) throws -> SubmittedDocument {
        try answerer.submit(text: text, name: name)
    }

    func ask(
        _ question: String, about document: String, sampling: SamplingOptions = SamplingOptions(maxTokens: 8)
    ) throws -> Answer {
        try answerer.ask(document: document, question: question, sampling: sampling)
    }

    /// The bytes that the store keeps for a document.
    func storedBytes(of text: String) throws -> Data? {
        let key = AdapterKey(document: DocumentIdentifier(of: Data(text.utf8)), modelDigest: try model.modelDigest())
        return try store.adapter(for: key)?.bytes
    }
}

/// Collects what several threads report.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    @Sendable func record(_ element: Element) {
        elements.withLock { $0.append(element) }
    }
}
