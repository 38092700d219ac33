import Digests
import Foundation
import Synchronization

@testable import AdapterStore

/// A folder that is removed when the last reference to it goes.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("adapters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    var database: String { url.appendingPathComponent("cache.sqlite").path }

    func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    }
}

/// Remembers the damage that a store reports.
final class DamageLog: Sendable {
    private let entries = Mutex<[DamagedAdapter]>([])

    var all: [DamagedAdapter] { entries.withLock { $0 } }

    @Sendable func record(_ damage: DamagedAdapter) {
        entries.withLock { $0.append(damage) }
    }
}

let model = Digest(of: Data("recipe".utf8))
let otherModel = Digest(of: Data("another recipe".utf8))

func key(_ document: String, modelDigest: Digest = model) -> AdapterKey {
    AdapterKey(document: DocumentIdentifier(of: Data(document.utf8)), modelDigest: modelDigest)
}

/// Bytes that look like no other seed's.
func adapter(_ seed: UInt64, count: Int = 1000) -> Data {
    var state = seed &+ 1
    let words = (0...count / 8).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
    return words.withUnsafeBytes { Data($0.prefix(count)) }
}

extension AdapterStore {
    /// Saves `bytes` as the adapter of the document that is called, and consists of, `document`.
    @discardableResult
    func save(_ bytes: Data, document: String, modelDigest: Digest = model) throws -> StoredDocument {
        try save(
            bytes, for: key(document, modelDigest: modelDigest), name: document, tokens: 120, segments: 3,
            losses: [2.5, 1.25])
    }

    func names() throws -> [String?] {
        try list().map(\.name)
    }
}
