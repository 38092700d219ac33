import AdapterStore
import Foundation
import JSONRPC
import StrictJSON
import Testing
import TinyModels

/// `perk-serve cache`, on documents that the program has learned.
@Suite struct CacheCommandTests {
    private static let text = "Zoe lives in Oslo. She is a baker."
    private static let document = DocumentIdentifier(of: Data(text.utf8)).description
    private static let unknown = "sha256:" + String(repeating: "0", count: 64)

    private let folder: TinyModelDirectory

    init() throws { folder = try TinyModelDirectory() }

    private func run(_ arguments: String..., cache: String = "cache.sqlite") throws -> ServeProcess.Outcome {
        try ServeProcess(arguments + ["--cache", folder.path(cache)], log: folder.path("log.txt")).finish()
    }

    private func ask(_ document: String, cache: String = "cache.sqlite") throws -> ServeProcess.Outcome {
        try run("ask", "--model", folder.model, "--document", document, "--json", "Who?", cache: cache)
    }

    private func learn() throws -> ServeProcess.Outcome { try ask(folder.write(Self.text, to: "zoe.txt")) }

    private func listed(cache: String = "cache.sqlite") throws -> [JSONValue] {
        let outcome = try run("cache", "list", "--json", cache: cache)
        #expect(outcome.status == 0, "\(outcome.log)")
        return try outcome.output.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    }

    @Test func documentsAreListedPinnedAndRemoved() throws {
        #expect(try learn().status == 0)
        let list = try run("cache", "list")
        #expect(list.output.hasPrefix(Self.document) && list.output.hasSuffix("  zoe.txt\n"))
        #expect(try listed().map { $0["document"] } == [.string(Self.document)])
        #expect(try run("cache", "pin", Self.document).status == 0)
        #expect(try listed().map { $0["pinned"] } == [.boolean(true)])
        #expect(try run("cache", "clear").output == "0 removed\n")
        #expect(try run("cache", "unpin", Self.document).status == 0)
        #expect(try run("cache", "verify").output == "1 of 1 sound\n")
        #expect(try run("cache", "compact").status == 0)
        let removal = try run("cache", "remove", Self.unknown, Self.document)
        #expect(removal.status == 1 && removal.log.hasPrefix("error: \(Self.unknown): not in the cache"))
        #expect(try listed().isEmpty)
    }

    @Test func askingByIdentifierNeedsNoText() throws {
        let first = try JSONParser.parse(Array(try learn().output.utf8))
        let outcome = try ask(Self.document)
        let second = try JSONParser.parse(Array(outcome.output.utf8))
        #expect(outcome.status == 0 && second["cached"] == .boolean(true))
        #expect(second["answer"] == first["answer"] && second["logProbability"] == first["logProbability"])
        let unknown = try ask(Self.unknown)
        #expect(unknown.status == 1 && unknown.log.hasPrefix("error: no document \(Self.unknown) is known"))
    }

    @Test func documentsAreCarriedFromOneCacheToAnother() throws {
        let answer = try JSONParser.parse(Array(try learn().output.utf8))["logProbability"]
        let file = folder.path("zoe.perk")
        #expect(try run("cache", "export", Self.document, "--output", file).output == "\(file)\n")
        #expect(try run("cache", "import", file, cache: "other/cache.sqlite").output == "\(Self.document)\n")
        let outcome = try ask(Self.document, cache: "other/cache.sqlite")
        #expect(try JSONParser.parse(Array(outcome.output.utf8))["logProbability"] == answer)
        let nonsense = try folder.write("nonsense", to: "nonsense.perk")
        let refused = try run("cache", "import", nonsense)
        #expect(refused.status == 1 && refused.log.contains("nonsense.perk is no exported adapter"))
        #expect(try run("cache", "export", Self.unknown, "--output", file).status == 1)
    }

    @Test func whatIsNotThereIsNamed() throws {
        for command in ["list", "verify", "clear", "compact"] {
            let outcome = try run("cache", command, cache: "none.sqlite")
            #expect(outcome.status == 1 && outcome.log.contains("there is no cache \(folder.path("none.sqlite"))"))
        }
        #expect(try run("cache", "pin", "zoe").status == 64)
        #expect(!FileManager.default.fileExists(atPath: folder.path("none.sqlite")))
    }

    @Test func aBoundBelowThePinnedIsRefused() throws {
        #expect(try learn().status == 0 && run("cache", "pin", Self.document).status == 0)
        let file = try folder.write(Self.text, to: "zoe.txt")
        let outcome = try run(
            "ask", "--model", folder.model, "--document", file, "--cache-bytes", "1kB", "Who?")
        #expect(outcome.status == 1 && outcome.log.contains("the pinned documents in"))
        #expect(outcome.log.hasSuffix("(--cache-bytes)\n"))
        #expect(try listed().count == 1)
    }
}
