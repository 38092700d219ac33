import Digests
import Foundation
import GRDB
import Testing

@testable import AdapterStore

/// Files that cannot be opened, or should not be.
struct FileTests {
    private let damage = DamageLog()

    private func expectDamaged(_ path: String) {
        let error = #expect(throws: AdapterStoreError.self) {
            try AdapterStore(path: path, onDamage: damage.record)
        }
        guard case .damagedFile(path, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains(path) == true)
    }

    /// A sound store's file, cut to `length` bytes, or to half of them.
    private func truncatedFile(in folder: TemporaryFolder, length: Int? = nil) throws -> Data {
        do {
            let store = try AdapterStore(path: folder.database, onDamage: damage.record)
            try store.save(adapter(1, count: 200_000), document: "a")
        }
        let url = URL(fileURLWithPath: folder.database)
        let whole = try Data(contentsOf: url)
        try whole.prefix(length ?? whole.count / 2).write(to: url)
        return try Data(contentsOf: url)
    }

    @Test func fileThatIsNotSQLiteIsDamaged() throws {
        let folder = try TemporaryFolder()
        let bytes = adapter(1, count: 5000)
        try bytes.write(to: URL(fileURLWithPath: folder.database))
        expectDamaged(folder.database)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == bytes)
        #expect(try folder.contents() == ["cache.sqlite"])
    }

    @Test(arguments: [nil, 50, 1000, 4096, 10_000])
    func truncatedFileIsDamaged(_ length: Int?) throws {
        let folder = try TemporaryFolder()
        _ = try truncatedFile(in: folder, length: length)
        expectDamaged(folder.database)
    }

    @Test func recoveryKeepsTheDamagedFile() throws {
        let folder = try TemporaryFolder()
        let bytes = try truncatedFile(in: folder)
        let store = try AdapterStore(path: folder.database, recovering: true, onDamage: damage.record)
        let damagedFile = try #require(store.damagedFile)
        #expect(damagedFile.hasPrefix(folder.database + ".damaged-"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: damagedFile)) == bytes)

        #expect(try store.list().isEmpty)
        try store.save(adapter(2), document: "b")
        #expect(try AdapterStore(path: folder.database, onDamage: damage.record).names() == ["b"])
    }

    /// Damage that shows only where room is made, which opening with a lower bound does.
    @Test func recoveryReachesBeyondTheFirstPages() throws {
        var recovered = 0
        for page in stride(from: 9, to: 50, by: 12) {
            let folder = try TemporaryFolder()
            do {
                let store = try AdapterStore(path: folder.database, onDamage: damage.record)
                for seed in 0..<8 {
                    try store.save(adapter(UInt64(seed), count: 20_000), document: "\(seed)")
                }
            }
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.database))
            try file.seek(toOffset: UInt64(page * 4096))
            try file.write(contentsOf: Data(repeating: 0x25, count: 4096))
            try file.close()

            let store = try AdapterStore(
                path: folder.database, cacheBytes: 100_000, recovering: true, onDamage: damage.record)
            recovered += store.damagedFile == nil ? 0 : 1
            try store.save(adapter(9), document: "new")
            #expect(try store.adapter(for: key("new"))?.bytes == adapter(9))
        }
        #expect(recovered > 0)
    }

    @Test func eachDamagedFileIsKept() throws {
        let folder = try TemporaryFolder()
        var kept: [String] = []
        for seed in 0..<3 {
            try adapter(UInt64(seed), count: 5000).write(to: URL(fileURLWithPath: folder.database))
            let store = try AdapterStore(path: folder.database, recovering: true, onDamage: damage.record)
            kept.append(try #require(store.damagedFile))
        }
        for (seed, path) in kept.enumerated() {
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == adapter(UInt64(seed), count: 5000))
        }
    }

    @Test func soundFileIsNotRecovered() throws {
        let folder = try TemporaryFolder()
        try AdapterStore(path: folder.database, onDamage: damage.record).save(adapter(1), document: "a")
        let store = try AdapterStore(path: folder.database, recovering: true, onDamage: damage.record)
        #expect(store.damagedFile == nil)
        #expect(try store.names() == ["a"])
    }

    @Test func databaseOfAnotherProgramStaysUntouched() throws {
        let folder = try TemporaryFolder()
        try DatabaseQueue(path: folder.database).write { try $0.execute(sql: "CREATE TABLE contacts (name)") }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        for recovering in [false, true] {
            #expect(throws: AdapterStoreError.foreignFile(path: folder.database)) {
                try AdapterStore(path: folder.database, recovering: recovering, onDamage: damage.record)
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == bytes)
        #expect(try folder.contents() == ["cache.sqlite"])
    }

    /// Adapters that were saved before there was a loss of the base model keep their checksums.
    @Test func fileOfTheFirstVersionIsGoneOnWith() throws {
        let folder = try TemporaryFolder()
        try DatabaseQueue(path: folder.database).write { db in
            try Schema.claim(db, path: folder.database)
        }
        let old = try DatabaseQueue(path: folder.database)
        try Schema.migrator.migrate(old, upTo: "1")
        let now = Date(timeIntervalSince1970: 1)
        let document = StoredDocument(
            key: key("a"), name: "a", tokens: 5, segments: 1, losses: [2], baseLoss: nil, bytes: 1000, isPinned: false,
            created: now, lastUsed: now)
        try old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO adapter
                    (document, recipe, name, tokens, segments, losses, bytes, checksum, created, lastUsed, turn)
                    VALUES (?, ?, ?, 5, 1, '[2]', 1000, ?, 1, 1, 1)
                    """,
                arguments: [
                    document.key.document.description, document.key.modelDigest.hexadecimal, Data("a".utf8),
                    document.checksum(of: adapter(1)).hexadecimal,
                ])
            try db.execute(
                sql: "INSERT INTO part (adapter, position, content) VALUES (1, 0, ?)", arguments: [adapter(1)])
        }
        try old.close()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        let read = try #require(try store.adapter(for: key("a")))
        #expect(read.bytes == adapter(1) && read.document.baseLoss == nil)
        try store.save(adapter(2), for: key("b"), name: nil, tokens: 1, segments: 1, losses: [1], baseLoss: 3.5)
        #expect(try store.adapter(for: key("b"))?.document.baseLoss == 3.5 && damage.all.isEmpty)
    }

    /// Fixtures/caches holds a file of each earlier version.
    @Test(arguments: [1, 2, 3]) func filesOfEarlierVersionsAreRead(version: Int) throws {
        let fixture = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/caches/schema-\(version).sqlite")
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: fixture.path, toPath: folder.database)
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        let text = Data("Zoe lives in Oslo. Omar is a baker.\n".utf8)
        let model = try Digest(parsing: "a2799009e535ec5934d3b6b7acf8114030c579683822a86189ab6bb65f9d02fb")
        let key = AdapterKey(document: DocumentIdentifier(of: text), modelDigest: model)
        // The checksum is that of the bytes and of all that is told of them.
        let read = try #require(try store.adapter(for: key))
        #expect(read.bytes.count == 56_736 && damage.all.isEmpty)
        #expect(read.document.tokens == 35 && read.document.segments == 2 && read.document.losses.count == 4)
        #expect(read.document.name == "doc.txt" && read.document.baseLoss == nil && read.document.isPinned)
        #expect(try store.list(modelDigest: model).map(\.key) == [key])
        try store.save(adapter(2), for: key, name: nil, tokens: 1, segments: 1, losses: [1], baseLoss: 3.5)
        #expect(try store.adapter(for: key)?.document.baseLoss == 3.5)
    }

    @Test func fileOfALaterVersionIsRefused() throws {
        let folder = try TemporaryFolder()
        _ = try AdapterStore(path: folder.database, onDamage: damage.record)
        try DatabaseQueue(path: folder.database).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999')")
        }
        #expect(throws: AdapterStoreError.newerFile(path: folder.database)) {
            try AdapterStore(path: folder.database, recovering: true, onDamage: damage.record)
        }
    }

    @Test func folderThatIsMissingOrAFileIsNamed() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("file")
        try Data().write(to: file)
        for path in ["/nonexistent/cache.sqlite", file.path + "/cache.sqlite", folder.url.path] {
            try expectCannotOpen(path)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may write every folder"))
    func unwritableFolderIsNamed() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.url.path)
        try expectCannotOpen(folder.database)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.url.path)
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may write every file"))
    func unwritableFileIsNamed() throws {
        let folder = try TemporaryFolder()
        try AdapterStore(path: folder.database, onDamage: damage.record).save(adapter(1), document: "a")
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: folder.database)
        try expectCannotOpen(folder.database)
    }

    private func expectCannotOpen(_ path: String) throws {
        let error = #expect(throws: AdapterStoreError.self) {
            try AdapterStore(path: path, recovering: true, onDamage: damage.record)
        }
        guard case .cannotOpen(path, _)? = error else {
            Issue.record("\(path): \(String(describing: error))")
            return
        }
        #expect(error?.description.contains(path) == true)
    }
}
