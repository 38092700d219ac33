import AdapterStore
import ArgumentParser
import Foundation
import JSONRPC
import StrictJSON

/// `perk-serve cache`: what a person does to the file of learned documents. No model is read.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "List, check, pin, remove, export and import learned documents.",
        discussion: """
            Documents are named by their identifiers, as list prints them. A service may use the file meanwhile.

            EXAMPLES:
              perk-serve cache list
              perk-serve cache pin sha256:…
              perk-serve cache export sha256:… --output report.perk
              perk-serve cache import report.perk --cache elsewhere.sqlite
            """,
        subcommands: [
            List.self, Verify.self, Pin.self, Unpin.self, Remove.self, Clear.self, Export.self, Import.self,
            Compact.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what is kept, the most recently used first.",
            discussion: """
                One document per line: its identifier, the beginning of the digest of the model that learned it, its \
                tokens, the bytes of its adapter, whether it is pinned, when it was used last, and its name.
                """)

        @OptionGroup var cache: CacheFileOption

        @Flag(help: "Print each document as a JSON object.")
        var json = false

        func run() throws {
            let output = LineWriter(descriptor: STDOUT_FILENO)
            for document in try cache.store().list() {
                if json {
                    try output.write(line(of: document))
                } else {
                    try output.write(line: row(of: document).utf8)
                }
            }
        }

        private func row(of document: StoredDocument) -> String {
            [
                document.key.document.description, String(document.key.modelDigest.hexadecimal.prefix(12)),
                "\(document.tokens)", "\(document.bytes)", document.isPinned ? "pinned" : "-",
                document.lastUsed.formatted(.iso8601), (document.name ?? "").onOneLine,
            ].joined(separator: "  ")
        }

        private func line(of document: StoredDocument) -> JSONValue {
            [
                "document": .string(document.key.document.description),
                "modelDigest": .string(document.key.modelDigest.hexadecimal),
                "name": document.name.map { .string($0) } ?? .null,
                "tokens": .integer(document.tokens), "bytes": .integer(document.bytes),
                "pinned": .boolean(document.isPinned),
                "created": .string(document.created.formatted(.iso8601)),
                "lastUsed": .string(document.lastUsed.formatted(.iso8601)),
            ]
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read everything, and drop what is damaged.",
            discussion: "Damage is told on standard error; the exit status is then 1.")

        @OptionGroup var cache: CacheFileOption

        func run() throws {
            let store = try cache.store()
            let before = try store.statistics().count
            let sound = try store.verify()
            try LineWriter(descriptor: STDOUT_FILENO).write(line: "\(sound) of \(before) sound".utf8)
            guard sound == before else { throw ExitCode.failure }
        }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove every document that is not pinned.")

        @OptionGroup var cache: CacheFileOption

        @Flag(help: "Remove the pinned documents too.")
        var pinned = false

        func run() throws {
            let removed = try cache.store().removeAll(keepingPinned: !pinned)
            try LineWriter(descriptor: STDOUT_FILENO).write(line: "\(removed) removed".utf8)
        }
    }

    struct Compact: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the file anew, without gaps.",
            discussion: "Needs as much free space as the file has; a service that writes to the file waits meanwhile.")

        @OptionGroup var cache: CacheFileOption

        func run() throws {
            let (before, after) = try cache.store().compact()
            try LineWriter(descriptor: STDOUT_FILENO).write(line: "\(before) bytes before, \(after) after".utf8)
        }
    }
}
