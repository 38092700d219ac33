import AdapterStore
import CommandSupport
import DocumentService
import Foundation
import LanguageModel
import Logging
import PERKModel

/// What learns documents and answers questions as the options describe, for one caller.
///
/// - Throws: an error that names the model's file or the cache and the fix.
func makeAnswerer(options: ServiceOptions) throws -> QuestionAnswerer {
    let logger = options.makeLogger()
    return try QuestionAnswerer(
        model: options.answeringModel(), name: options.model.path(), store: options.openStore(),
        threads: options.threads, maximumDocumentTokens: options.maxDocumentTokens,
        hotBytes: options.hotBytes.bytes, onWarning: { logger.warning("\($0)") })
}

/// The service that the options describe, for many clients.
///
/// - Parameter waitingDocuments: How many documents may wait to be learned.
/// - Throws: As ``makeAnswerer(options:)``.
func makeService(
    options: ServiceOptions, waitingDocuments: Int = ServiceLimits().waitingDocuments
) throws -> AnsweringService {
    let limits = ServiceLimits(
        requestBytes: options.maxRequestBytes.bytes, documentTokens: options.maxDocumentTokens,
        waitingDocuments: waitingDocuments)
    return try AnsweringService(makeAnswerer(options: options), limits: limits, version: programVersion)
}

extension ServiceOptions {
    /// The model that the options name, with the adapter that they name as its start.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    func answeringModel() throws -> AnsweringModel {
        let path = try RunFolder.model(at: model.path())
        if try path != model.path() { makeLogger().notice("the model is that of the training run's \(path)") }
        var result = try AnsweringModel(path: path, base: model.base)
        if let startingAdapter {
            try result.begin(
                with: Adapter(path: startingAdapter, configuration: result.learned.configuration))
        }
        if let note = result.use(arithmetic) { makeLogger().warning("\(note)") }
        if !result.isMetaTrained {
            makeLogger().warning(
                """
                \(path) has not been meta-trained: documents are learned from an untrained start, and few answers will be \
                right. Train it with perk-meta-train.
                """)
        }
        return result
    }

    /// The cache that the options name.
    ///
    /// - Throws: an error that names its file and the fix.
    func openStore() throws -> AdapterStore {
        let logger = makeLogger()
        let onDamage: @Sendable (DamagedAdapter) -> Void = { logger.warning("\($0)") }
        let folder = try exchange.map { path in
            try ExchangeFolder(path: path, onFailure: { logger.warning("\($0)") })
        }
        guard let path = cachePath() else {
            return try .inMemory(cacheBytes: cacheBytes.bytes, exchange: folder, onDamage: onDamage)
        }
        try CacheFileOption.makeFolder(of: path)
        let store = try AdapterStore(
            path: path, cacheBytes: cacheBytes.bytes, recovering: true, exchange: folder, onDamage: onDamage)
        if let moved = store.damagedFile {
            logger.warning("the cache \(path) was damaged; it was moved to \(moved) and a new one begun")
        }
        return store
    }
}
