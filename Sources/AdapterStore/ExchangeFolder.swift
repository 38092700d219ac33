import Digests
import Foundation

/// A folder by which stores on several machines share what they have learned: each new adapter is put there, and one that
/// a store does not have is taken from there.
///
/// Every adapter is a file of its own, an ``AdapterArchive`` without the document's text, named by its key. It is written
/// aside and renamed, so that whoever reads it finds it whole; who finds it damaged goes without.
public struct ExchangeFolder: Sendable {
    /// The folder.
    public let path: String
    private let onFailure: @Sendable (ExchangeFailure) -> Void

    /// - Parameters:
    ///   - path: An existing folder.
    ///   - onFailure: Told of what could not be put there or taken, on the thread that tried; the store does without.
    /// - Throws: ``ExchangeFailure`` where there is no such folder.
    public init(path: String, onFailure: @escaping @Sendable (ExchangeFailure) -> Void) throws(ExchangeFailure) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw ExchangeFailure(path: path, reason: "it is no folder: name one that all machines share")
        }
        (self.path, self.onFailure) = (path, onFailure)
    }

    private func file(_ key: AdapterKey) -> String {
        "\(path)/\(key.document.digest.hexadecimal)-\(key.modelDigest.hexadecimal).adapter"
    }

    /// Puts an adapter there, unless it is there.
    func publish(_ archive: AdapterArchive) {
        let file = file(archive.document.key)
        guard !FileManager.default.fileExists(atPath: file) else { return }
        let aside = "\(path)/.\(UUID().uuidString)"
        do {
            try archive.serialized().write(to: URL(fileURLWithPath: aside))
            guard rename(aside, file) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        } catch {
            try? FileManager.default.removeItem(atPath: aside)
            onFailure(ExchangeFailure(path: file, reason: "it cannot be written: \(error.localizedDescription)"))
        }
    }

    /// What is there under a key; nil where there is nothing sound.
    func archive(for key: AdapterKey) -> AdapterArchive? {
        let file = file(key)
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        do {
            let archive = try AdapterArchive(reading: Data(contentsOf: URL(fileURLWithPath: file)), path: file)
            guard archive.document.key == key else { throw ExchangeFailure(path: file, reason: "it holds another") }
            return archive
        } catch {
            report(error, at: file)
            return nil
        }
    }

    /// Takes a document away, under every model.
    func remove(_ document: DocumentIdentifier) {
        let prefix = document.digest.hexadecimal + "-"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.hasPrefix(prefix) {
            do {
                try FileManager.default.removeItem(atPath: "\(path)/\(name)")
            } catch {
                report(error, at: "\(path)/\(name)")
            }
        }
    }

    /// Tells of an adapter that was there and could not be kept.
    func report(_ error: any Error, of key: AdapterKey) { report(error, at: file(key)) }

    private func report(_ error: any Error, at file: String) {
        onFailure(error as? ExchangeFailure ?? ExchangeFailure(path: file, reason: "\(error)"))
    }
}

extension AdapterStore {
    /// The adapter that another store has shared, kept here from now on.
    func taken(_ key: AdapterKey) throws -> StoredAdapter? {
        guard let exchange, let archive = exchange.archive(for: key) else { return nil }
        do {
            try add(archive)
        } catch {
            exchange.report(error, of: key)
        }
        return try read { try $0.adapter(for: key) }
    }
}

/// What of the exchange did not work.
public struct ExchangeFailure: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String { "the exchange of adapters, \(path): \(reason)" }
}
