import Foundation
import GRDB
import Testing

@testable import AdapterStore

/// Rows that no longer read as they were written.
struct DamageTests {
    private let damage = DamageLog()

    /// Each change is made behind the store's back, through a connection of its own.
    @Test(arguments: [
        "UPDATE part SET content = CAST(substr(content, 1, 500) || x'00' || substr(content, 502) AS BLOB)",
        "UPDATE part SET content = substr(content, 2)",
        "DELETE FROM part",
        "INSERT INTO part (adapter, position, content) SELECT id, 9, x'00' FROM adapter",
        "UPDATE adapter SET checksum = replace(checksum, 'a', 'b')",
        "UPDATE adapter SET checksum = 'none'",
        "UPDATE adapter SET bytes = 9223372036854775807",
        "UPDATE adapter SET tokens = -1",
        "UPDATE adapter SET losses = '[2.5,1.5]'",
        "UPDATE adapter SET losses = 'none'",
        "UPDATE adapter SET name = x'FF'",
    ])
    func damagedRowIsReportedDroppedAndSavedAnew(_ change: String) throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        // The byte that the first change overwrites with 0 is another one.
        var bytes = adapter(1)
        bytes[500] = 0x55
        try store.save(bytes, document: "a")
        #expect(try store.adapter(for: key("a"))?.bytes == bytes)

        try DatabaseQueue(path: folder.database).write { try $0.execute(sql: change) }
        #expect(try store.adapter(for: key("a")) == nil)
        #expect(damage.all.map(\.document) == [key("a").document.description])
        #expect(try store.names() == [])
        #expect(try store.statistics().misses == 1)

        try store.save(bytes, document: "a")
        #expect(try store.adapter(for: key("a"))?.bytes == bytes)
        #expect(damage.all.count == 1)
    }

    @Test func rowOfAnotherDocumentIsNotMistaken() throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        try store.save(adapter(1), document: "a")
        try DatabaseQueue(path: folder.database).write {
            try $0.execute(
                sql: "UPDATE adapter SET document = ?", arguments: [key("b").document.description])
        }
        #expect(try store.adapter(for: key("b")) == nil)
        #expect(damage.all.count == 1)
    }

    @Test func listLeavesOutWhatItCannotRead() throws {
        let folder = try TemporaryFolder()
        let store = try AdapterStore(path: folder.database, onDamage: damage.record)
        try store.save(adapter(1), document: "a")
        try store.save(adapter(2), document: "b")
        try DatabaseQueue(path: folder.database).write {
            try $0.execute(
                sql: "UPDATE adapter SET document = 'sha256:0' WHERE document = ?",
                arguments: [key("a").document.description])
        }
        #expect(try store.names() == ["b"])
        #expect(damage.all.map(\.document) == ["sha256:0"])
        #expect(damage.all.first?.description.contains(folder.database) == true)
        #expect(try store.statistics().count == 1)
    }

    /// Pages overwritten on the disk: an adapter comes back to the bit, or not at all.
    @Test func damagedPagesNeverGiveOtherBytes() throws {
        for page in stride(from: 1, to: 30, by: 4) {
            let folder = try TemporaryFolder()
            do {
                let store = try AdapterStore(path: folder.database, onDamage: damage.record)
                for seed in 0..<4 {
                    try store.save(adapter(UInt64(seed), count: 20_000), document: "\(seed)")
                }
            }
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.database))
            try file.seek(toOffset: UInt64(page * 4096 + 100))
            try file.write(contentsOf: Data(repeating: 0xA5, count: 2000))
            try file.close()

            do {
                let store = try AdapterStore(path: folder.database, onDamage: damage.record)
                for seed in 0..<4 {
                    let found = try store.adapter(for: key("\(seed)"))
                    #expect(found == nil || found?.bytes == adapter(UInt64(seed), count: 20_000))
                }
            } catch AdapterStoreError.damagedFile(let path, _) {
                #expect(path == folder.database)
            }
        }
        #expect(!damage.all.isEmpty)
    }
}
