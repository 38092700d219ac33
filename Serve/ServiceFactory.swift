import AdapterStore
import Foundation
import Logging
import QuestionAnswering

/// The service that the options describe.
///
/// - Throws: an error that names the model's file or the cache and the mend.
func makeService(options: ServiceOptions) throws -> any DocumentAnswering {
    let directory = try options.modelDirectory()
    let logger = options.makeLogger()
    return try QuestionAnswerer(
        model: AnsweringModel(directory: directory), name: directory, store: openStore(options, logger),
        threads: options.threads, maximumDocumentTokens: options.maxDocumentTokens)
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
