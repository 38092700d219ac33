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

    @Option(
        name: .customLong("cache"),
        help: ArgumentHelp(
            "The file that keeps learned documents (default: perk/adapters.sqlite in $XDG_CACHE_HOME or ~/.cache).",
            valueName: "file"))
    var cacheFile: String?

    @Flag(help: "Keep learned documents in memory only.")
    var noCache = false

    @Option(help: ArgumentHelp("The most bytes of learned documents in the cache file.", valueName: "bytes"))
    var cacheBytes = 4_294_967_296

    @Option(
        help: ArgumentHelp("The most bytes of learned documents kept in memory between questions.", valueName: "bytes"))
    var hotBytes = QuestionAnswerer.defaultHotBytes

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
    var maxRequestBytes = 33_554_432

    @Option(help: "The least severe messages to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel = Logger.Level.notice

    func validate() throws {
        guard cacheFile == nil || !noCache else {
            throw ValidationError("--cache and --no-cache exclude each other: give one of them.")
        }
        let counts = [
            ("--cache-bytes", cacheBytes), ("--threads", threads), ("--max-document-tokens", maxDocumentTokens),
            ("--max-request-bytes", maxRequestBytes),
        ]
        for (name, count) in counts where count < 1 {
            throw ValidationError("\(name) is \(count): give a number of at least 1.")
        }
        guard hotBytes >= 0 else {
            throw ValidationError("--hot-bytes is \(hotBytes): give a number of at least 0.")
        }
    }

    /// The cache file to use, or nil where nothing is to be stored.
    func cachePath(environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        if noCache { return nil }
        if let cacheFile { return cacheFile }
        // The XDG base directory specification has relative paths ignored.
        let base: URL
        if let directory = environment["XDG_CACHE_HOME"], directory.hasPrefix("/") {
            base = URL(fileURLWithPath: directory)
        } else {
            base = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
        }
        return base.appending(path: "perk/adapters.sqlite").path
    }

    /// The same options as arguments for another process.
    var arguments: [String] {
        var arguments = [
            "--cache-bytes", String(cacheBytes), "--hot-bytes", String(hotBytes), "--threads", String(threads),
            "--max-document-tokens", String(maxDocumentTokens), "--max-request-bytes", String(maxRequestBytes),
            "--log-level", logLevel.rawValue,
        ]
        if let path = model.model { arguments += ["--model", path] }
        if let base = model.base { arguments += ["--base", base] }
        if let startingAdapter { arguments += ["--adapter", startingAdapter] }
        if let cacheFile { arguments += ["--cache", cacheFile] }
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
