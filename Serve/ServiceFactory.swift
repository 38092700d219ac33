import AdapterStore
import DocumentService
import Foundation
import LanguageModel
import Logging
import PERKModel

/// The service that the options describe.
///
/// - Throws: an error that names the model's file or the cache and the fix.
func makeService(options: ServiceOptions) throws -> QuestionAnswerer {
    let logger = options.makeLogger()
    return try QuestionAnswerer(
        model: options.answeringModel(), name: options.model.path(), store: openStore(options, logger),
        threads: options.threads, maximumDocumentTokens: options.maxDocumentTokens,
        hotBytes: options.hotBytes, onWarning: { logger.warning("\($0)") })
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
}

private func openStore(_ options: ServiceOptions, _ logger: Logger) throws -> AdapterStore {
    let onDamage: @Sendable (DamagedAdapter) -> Void = { logger.warning("\($0)") }
    guard let path = options.cachePath() else {
        return try .inMemory(cacheBytes: options.cacheBytes, onDamage: onDamage)
    }
    try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    let store = try AdapterStore(path: path, cacheBytes: options.cacheBytes, recovering: true, onDamage: onDamage)
    if let moved = store.damagedFile {
        logger.warning("the cache \(path) was damaged; it was moved to \(moved) and a new one begun")
    }
    return store
}
