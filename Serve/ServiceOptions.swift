import ArgumentParser
import DocumentService
import Foundation
import Logging
import PERKModel
import Tensors

/// The options that decide what service is made.
struct ServiceOptions: ParsableArguments {
    @OptionGroup var model: ModelOption

    @Option(
        name: .customLong("adapter"),
        help: ArgumentHelp(
            "Begin learning from this adapter, a PEFT directory or a GGUF file, instead of the model's own start.",
            valueName: "path"))
    var startingAdapter: String?

    @OptionGroup var cache: CacheFileOption

    @Option(
        help: ArgumentHelp(
            "Share learned documents with other machines through this folder, which all of them see.",
            valueName: "directory"))
    var exchange: String?

    @Flag(help: "Keep learned documents in memory only.")
    var noCache = false

    @Option(
        help: ArgumentHelp(
            "The most bytes that the cache file may take, such as 500MB or 4GiB; the least recently used documents that "
                + "are not pinned make room.", valueName: "bytes"))
    var cacheBytes = CacheFileOption.defaultBytes

    @Option(
        help: ArgumentHelp("The most bytes of learned documents kept in memory between questions.", valueName: "bytes"))
    var hotBytes = ByteCount(bytes: QuestionAnswerer.defaultHotBytes)

    @Option(help: ArgumentHelp("The number of threads to compute with.", valueName: "count"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(
        help: ArgumentHelp(
            "How documents are learned, float32 or bf16 (default: as the model was trained).",
            valueName: "name"))
    var arithmetic: Arithmetic?

    @Option(help: ArgumentHelp("The most tokens that a document may have.", valueName: "count"))
    var maxDocumentTokens = 131_072

    @Option(help: ArgumentHelp("The most bytes of a request or of a document's file.", valueName: "bytes"))
    var maxRequestBytes = ByteCount(bytes: 33_554_432)

    @Option(help: "The least severe messages to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel = Logger.Level.notice

    func validate() throws {
        guard cache.file == nil || !noCache else {
            throw ValidationError("--cache and --no-cache exclude each other: give one of them.")
        }
        let counts = [
            ("--cache-bytes", cacheBytes.bytes), ("--threads", threads), ("--max-document-tokens", maxDocumentTokens),
            ("--max-request-bytes", maxRequestBytes.bytes),
        ]
        for (name, count) in counts where count < 1 {
            throw ValidationError("\(name) is \(count): give a number of at least 1.")
        }
    }

    /// The cache file to use, or nil where nothing is to be stored.
    func cachePath(environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        noCache ? nil : cache.path(environment: environment)
    }

    /// The same options as arguments for another process.
    var arguments: [String] {
        var arguments = [
            "--cache-bytes", String(cacheBytes.bytes), "--hot-bytes", String(hotBytes.bytes),
            "--threads", String(threads), "--max-document-tokens", String(maxDocumentTokens),
            "--max-request-bytes", String(maxRequestBytes.bytes),
            "--log-level", logLevel.rawValue,
        ]
        if let path = model.model { arguments += ["--model", path] }
        if let base = model.base { arguments += ["--base", base] }
        if let startingAdapter { arguments += ["--adapter", startingAdapter] }
        if let file = cache.file { arguments += ["--cache", file] }
        if let exchange { arguments += ["--exchange", exchange] }
        if let arithmetic { arguments += ["--arithmetic", arithmetic.rawValue] }
        if noCache { arguments.append("--no-cache") }
        return arguments
    }

    /// A logger that writes to standard error.
    func makeLogger() -> Logger {
        var logger = Logger(label: "perk-serve", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel
        return logger
    }
}

extension Arithmetic: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
