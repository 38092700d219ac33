import Foundation
import Testing

@testable import Serve

@Suite struct ServiceOptionsTests {
    @Test func cachePath() throws {
        let options = try ServiceOptions.parse([])
        #expect(options.cachePath(environment: ["XDG_CACHE_HOME": "/x"]) == "/x/perk/adapters.sqlite")
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        for environment in [[:], ["XDG_CACHE_HOME": ""], ["XDG_CACHE_HOME": "relative"]] {
            #expect(options.cachePath(environment: environment) == home + "/.cache/perk/adapters.sqlite")
        }
        #expect(try ServiceOptions.parse(["--cache", "c.sqlite"]).cachePath() == "c.sqlite")
        #expect(try ServiceOptions.parse(["--no-cache"]).cachePath() == nil)
    }

    /// What the demo hands to the process that it starts means the same there.
    @Test(arguments: [
        [], ["--no-cache", "--model", "m.gguf", "--base", "b.gguf"],
        [
            "--cache", "c", "--cache-bytes", "9", "--hot-bytes", "0", "--threads", "3", "--max-document-tokens", "7",
            "--max-request-bytes", "5", "--log-level", "debug",
        ],
    ])
    func argumentsRoundTrip(arguments: [String]) throws {
        let options = try ServiceOptions.parse(arguments)
        let again = try ServiceOptions.parse(options.arguments)
        #expect(again.arguments == options.arguments)
        #expect(Set(arguments).isSubset(of: options.arguments))
    }

    @Test(arguments: [
        ["--cache", "c", "--no-cache"], ["--threads", "0"], ["--cache-bytes", "0"], ["--cache-bytes", "-1"],
        ["--hot-bytes", "-1"],
        ["--max-request-bytes", "x"],
        ["--max-document-tokens", "0"], ["--log-level", "loud"],
    ])
    func wrongArguments(arguments: [String]) {
        #expect(throws: (any Error).self) { try ServiceOptions.parse(arguments) }
    }

    @Test(arguments: [
        ("0", 0), ("9", 9), ("4GB", 4_000_000_000), ("4GiB", 1 << 32), ("1.5kB", 1500), ("500mb", 500_000_000),
        ("2KiB", 2048), ("7B", 7), ("1TiB", 1 << 40), ("0.5MiB", 1 << 19),
    ])
    func byteCounts(argument: String, bytes: Int) throws {
        let count = try #require(ByteCount(argument: argument))
        #expect(count.bytes == bytes)
        #expect(ByteCount(argument: count.defaultValueDescription) == count)
    }

    @Test(arguments: [
        "", "GB", "-1", "1e3", "4 GB", "0.5", "1.2345kB", "9000000TB", "nan", "inf", "1..5MB", "4G", "٣GB",
    ])
    func wrongByteCounts(argument: String) { #expect(ByteCount(argument: argument) == nil) }

    @Test func subcommands() throws {
        #expect(try PerkServe.parseAsRoot(["--no-cache"]) is ServeCommand)
        let serve = try #require(
            try PerkServe.parseAsRoot(["--allow-documents", "a", "--allow-documents", "b"]) as? ServeCommand)
        #expect(serve.clients.directories == ["a", "b"])
        let ask = try #require(
            try PerkServe.parseAsRoot(["ask", "--document", "d", "--json", "one", "two"]) as? AskCommand)
        #expect(ask.questions == ["one", "two"] && ask.json && ask.document.path == "d")
        #expect(try PerkServe.parseAsRoot(["demo", "d"]) is DemoCommand)
        #expect(throws: (any Error).self) { try PerkServe.parseAsRoot(["ask", "--document", "d"]) }
    }
}
