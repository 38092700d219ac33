import AdapterStore
import ArgumentParser
import Foundation

/// The option that names the file of learned documents.
struct CacheFileOption: ParsableArguments {
    @Option(
        name: .customLong("cache"),
        help: ArgumentHelp(
            "The file that keeps learned documents (default: perk/adapters.sqlite in $XDG_CACHE_HOME or ~/.cache).",
            valueName: "file"))
    var file: String?

    /// What the file is kept within where nothing else is said.
    static let defaultBytes = ByteCount(bytes: 1 << 32)

    /// The cache file to use.
    func path(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let file { return file }
        // The XDG base directory specification has relative paths ignored.
        let base: URL
        if let directory = environment["XDG_CACHE_HOME"], directory.hasPrefix("/") {
            base = URL(fileURLWithPath: directory)
        } else {
            base = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
        }
        return base.appending(path: "perk/adapters.sqlite").path
    }

    /// Makes the folder of a cache file, if it is not there.
    ///
    /// - Throws: `AdapterStoreError.cannotOpen`.
    static func makeFolder(of path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw AdapterStoreError.cannotOpen(path: path, reason: "the folder \(folder.path) cannot be made")
        }
    }

    /// The store in the file, which has to be there unless it is to be made. Damage that is met in it is told on standard
    /// error.
    ///
    /// - Parameter cacheBytes: What the file is kept within; nothing is dropped on opening where it is `nil`.
    /// - Throws: ``NoCacheError``, `AdapterStoreError`.
    func store(cacheBytes: Int? = nil, isMade: Bool = false) throws -> AdapterStore {
        let path = path()
        guard isMade || FileManager.default.fileExists(atPath: path) else { throw NoCacheError(path: path) }
        try Self.makeFolder(of: path)
        return try AdapterStore(path: path, cacheBytes: cacheBytes) { damage in
            try? FileHandle.standardError.write(contentsOf: Data("warning: \(damage)\n".utf8))
        }
    }
}

/// There is no file of learned documents.
struct NoCacheError: Error, Equatable, CustomStringConvertible {
    let path: String

    var description: String { "there is no cache \(path): nothing has been learned there" }
}

/// The identifier of a learned document, on the command line.
struct DocumentIdentifierArgument: ExpressibleByArgument {
    let identifier: DocumentIdentifier

    init?(argument: String) {
        guard let identifier = try? DocumentIdentifier(parsing: argument) else { return nil }
        self.identifier = identifier
    }
}

/// Documents that are not in the cache.
struct UnknownDocumentsError: Error, Equatable, CustomStringConvertible {
    let documents: [String]

    var description: String {
        "\(documents.joined(separator: ", ")): not in the cache; see what is with perk-serve cache list"
    }
}

/// Documents in a cache, on the command line.
struct CachedDocuments: ParsableArguments {
    @Argument(help: ArgumentHelp("The identifiers of the documents.", valueName: "document"))
    var documents: [DocumentIdentifierArgument]

    @OptionGroup var cache: CacheFileOption

    /// Does something to each document.
    ///
    /// - Parameter change: Returns whether the document is known.
    /// - Throws: ``UnknownDocumentsError`` for those that are not, once all others are done.
    func forEach(_ change: (AdapterStore, DocumentIdentifier) throws -> Bool) throws {
        let store = try cache.store()
        let unknown = try documents.filter { try !change(store, $0.identifier) }
        guard unknown.isEmpty else {
            throw UnknownDocumentsError(documents: unknown.map(\.identifier.description))
        }
    }
}
