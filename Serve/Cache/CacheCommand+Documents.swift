import AdapterStore
import ArgumentParser
import Foundation
import JSONRPC

extension CacheCommand {
    struct Pin: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let documents stay when the cache makes room.")

        @OptionGroup var documents: CachedDocuments

        func run() throws { try documents.forEach { try $0.setPinned(true, document: $1) } }
    }

    struct Unpin: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let pinned documents make room again.")

        @OptionGroup var documents: CachedDocuments

        func run() throws { try documents.forEach { try $0.setPinned(false, document: $1) } }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove documents, under every model that learned them.")

        @OptionGroup var documents: CachedDocuments

        func run() throws { try documents.forEach { try $0.remove(document: $1) } }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a learned document to a file, for another cache.",
            discussion: """
                The file holds the adapter with its checksum, and the text where it is kept. For the adapter in the form \
                of PEFT or llama.cpp there is perk-serve export.
                """)

        @Argument(help: ArgumentHelp("The identifier of the document.", valueName: "document"))
        var document: DocumentIdentifierArgument

        @Option(
            help: ArgumentHelp(
                "The model that learned it, by the beginning of its digest, where several did.", valueName: "digest"))
        var modelDigest: String?

        @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
        var output: String

        @OptionGroup var cache: CacheFileOption

        func run() throws {
            let archives = try cache.store().archives(of: document.identifier).filter {
                modelDigest.map($0.document.key.modelDigest.hexadecimal.hasPrefix) ?? true
            }
            guard let archive = archives.first else {
                throw UnknownDocumentsError(documents: [document.identifier.description])
            }
            guard archives.count == 1 else {
                let digests = archives.map { String($0.document.key.modelDigest.hexadecimal.prefix(12)) }
                throw ValidationError(
                    "--model-digest is needed, as several models learned the document: "
                        + "\(digests.joined(separator: ", ")).")
            }
            try archive.serialized().write(to: URL(fileURLWithPath: output), options: .atomic)
            try LineWriter(descriptor: STDOUT_FILENO).write(line: output.utf8)
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take exported documents into the cache.",
            discussion: "A document serves the model that learned it, and no other.")

        @Argument(help: ArgumentHelp("The files that export has written.", valueName: "file"))
        var files: [String]

        @Option(help: ArgumentHelp("The most bytes that the cache file may take.", valueName: "bytes"))
        var cacheBytes = CacheFileOption.defaultBytes

        @OptionGroup var cache: CacheFileOption

        func run() throws {
            // All are read before the first is kept.
            let archives = try files.map { path in
                try AdapterArchive(reading: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
            }
            let store = try cache.store(cacheBytes: cacheBytes.bytes, isMade: true)
            let output = LineWriter(descriptor: STDOUT_FILENO)
            for archive in archives {
                try store.add(archive)
                try output.write(line: archive.document.key.document.description.utf8)
            }
        }
    }
}
