import Foundation
import Synchronization
import Testing

@testable import AdapterStore

/// Stores that share a folder.
@Suite struct ExchangeTests {
    private let folder: TemporaryFolder
    private let failures = Failures()

    private final class Failures: Sendable {
        private let list = Mutex<[ExchangeFailure]>([])
        var all: [ExchangeFailure] { list.withLock { $0 } }
        @Sendable func record(_ failure: ExchangeFailure) { list.withLock { $0.append(failure) } }
    }

    init() throws { folder = try TemporaryFolder() }

    private var shared: String { folder.url.appendingPathComponent("shared").path }

    private func store() throws -> AdapterStore {
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        return try .inMemory(exchange: ExchangeFolder(path: shared, onFailure: failures.record), onDamage: { _ in })
    }

    private var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: shared) } }

    @Test func whatOneLearnsTheOtherHas() throws {
        let (first, second) = (try store(), try store())
        #expect(try second.adapter(for: key("a")) == nil)
        try first.save(adapter(1), document: "a")
        #expect(try files.count == 1)
        let taken = try #require(try second.adapter(for: key("a")))
        #expect(taken.bytes == adapter(1))
        #expect(taken.document.losses == [2.5, 1.25] && taken.document.name == "a")
        #expect(try second.list().count == 1)
        #expect(try second.adapter(for: key("a", modelDigest: otherModel)) == nil)
        #expect(failures.all.isEmpty)
    }

    @Test func whatIsRemovedIsSharedNoMore() throws {
        let (first, second) = (try store(), try store())
        try first.save(adapter(1), document: "a")
        try first.save(adapter(2), document: "b")
        #expect(try first.remove(document: key("a").document))
        #expect(try files.count == 1)
        #expect(try first.adapter(for: key("a")) == nil)
        #expect(try second.adapter(for: key("a")) == nil)
        #expect(try second.adapter(for: key("b")) != nil)
    }

    @Test func damagedFilesAreReportedAndPassedOver() throws {
        let (first, second) = (try store(), try store())
        try first.save(adapter(1), document: "a")
        try first.save(adapter(2), document: "b")
        let names = try files.sorted().map { "\(shared)/\($0)" }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: names[0]))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: names[0]))
        let found = try [key("a"), key("b")].map { try second.adapter(for: $0) != nil }
        #expect(found.filter { $0 }.count == 1)
        #expect(failures.all.count == 1)
        // A file under another's name is no better.
        try FileManager.default.removeItem(atPath: names[0])
        try FileManager.default.copyItem(atPath: names[1], toPath: names[0])
        let third = try store()
        #expect(try [key("a"), key("b")].filter { try third.adapter(for: $0) != nil }.count == 1)
        #expect(failures.all.count == 2)
    }

    @Test func aFolderThatFailsDoesNotStopLearning() throws {
        let first = try store()
        try FileManager.default.removeItem(atPath: shared)
        try first.save(adapter(1), document: "a")
        #expect(try first.adapter(for: key("a")) != nil)
        #expect(failures.all.count == 1)
        #expect(throws: ExchangeFailure.self) { try ExchangeFolder(path: shared, onFailure: failures.record) }
    }
}
