import ArgumentParser
import Foundation
import LanguageModel
import Tensors

/// Times one piece of work and prints a line of JSON.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times a piece of the program's work; prints a line of JSON.",
        discussion: """
            The model is one of random weights of a known shape, or the one at --model; the tokens are random. Modes:
              meta      a meta-step on one document and one question
              encode    learning one document
              answer    a prompt of --segments times --tokens tokens and --new-tokens after it, with an adapter
              decode    the same, from the first new token to the last
              question  from a question's arrival to the start of its prompt, about a document asked about before
              product   products with matrices of the model, one on each thread
            Work is done once before it is timed. Seconds are the median of --repeat repetitions, least_seconds the
            shortest, load_seconds those of making or reading the model, gflop what the matrix products of one repetition
            count, in 10⁹ floating-point operations.

            EXAMPLES:
              perk-meta-train bench --arch small --segments 16 --tokens 64 --mode meta
              perk-meta-train bench --model models/SmolLM2-135M-Instruct.Q4_1.gguf --segments 8 --mode encode
            """)

    enum Mode: String, CaseIterable, ExpressibleByArgument { case meta, encode, answer, decode, question, product }

    @Option(help: "The shape of the model.") var arch = BenchArchitecture.smollm2
    @Option(help: ArgumentHelp("A base model to time instead.", valueName: "path")) var model: String?
    @Option(help: "Which layers are adapted: all, 'top 8' or 22..29.") var layers = LayerSelection.all
    @Option(help: "Segments of the document.") var segments = 4
    @Option(help: "Tokens in a segment.") var tokens = 128
    @Option(help: "Tokens of the question and its answer.") var questionTokens = 48
    @Option(help: "Tokens that are generated.") var newTokens = 16
    @Option(help: "Prompts that are answered, each with an adapter of its own.") var questions = 1
    @Flag(help: "Answer all of them together instead of one by one.") var together = false
    @Option(help: "Inner steps.") var steps = 4
    @Option(help: "First steps whose gradient counts as a constant.") var truncate = 0
    @Option(help: "The adapter's rank.") var rank = 16
    @Option(help: ArgumentHelp("A PEFT directory to answer with, instead of a random adapter.", valueName: "directory"))
    var adapter: String?
    @Option(help: "What to time.") var mode = Mode.meta
    @Option(help: "The arithmetic of learning: float32 or bf16.") var arithmetic = Arithmetic.float32
    @Option(help: "The most tokens in one pass over the model (default: by the model's size).") var microBatchTokens:
        Int?
    @Option(help: ArgumentHelp("The most bytes of adapters kept in memory between questions.", valueName: "bytes"))
    var hotBytes: Int?
    @Option(name: .customLong("repeat"), help: "Timed repetitions; the median is reported.") var repetitions = 3
    @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        let numbers = [
            ("--segments", segments), ("--tokens", tokens), ("--question-tokens", questionTokens),
            ("--new-tokens", newTokens), ("--questions", questions), ("--steps", steps), ("--rank", rank),
            ("--micro-batch-tokens", microBatchTokens ?? 1), ("--repeat", repetitions), ("--threads", threads),
        ]
        for (name, value) in numbers where !(1...1_048_576).contains(value) {
            throw ValidationError("\(name) is \(value): give a number from 1 to 1048576.")
        }
        guard (0...steps).contains(truncate) else {
            throw ValidationError("--truncate is \(truncate): give a number from 0 to --steps.")
        }
        guard arithmetic.inForce == arithmetic else {
            throw ValidationError(
                "--arithmetic is \(arithmetic.rawValue), which this processor has no instructions for.")
        }
        guard hotBytes ?? 0 >= 0 else {
            throw ValidationError("--hot-bytes is \(hotBytes ?? 0): give a number of at least 0.")
        }
        guard mode != .decode || newTokens > 1 else {
            throw ValidationError(
                "--mode decode runs from the first new token to the last: give at least 2 --new-tokens.")
        }
        guard !together || mode == .answer else {
            throw ValidationError("--together is for --mode answer: leave it out.")
        }
        guard mode != .question || model != nil else {
            throw ValidationError("--mode question needs a tokenizer: give a --model.")
        }
    }

    private struct Report: Encodable {
        let arch, mode, layers, arithmetic, kernelPath: String
        let documentTokens, newTokens, steps, truncate, rank: Int
        let loadSeconds, seconds, leastSeconds, gflop: Double
        let peakMib, threads: Int
    }

    func run() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let work = try makeWork()
        let loadTime = clock.now - start
        _ = try work.run()
        let times = try (0..<repetitions).map { _ in try work.run() }.sorted()
        let report = Report(
            arch: model ?? arch.rawValue, mode: mode.rawValue, layers: layers.description,
            arithmetic: arithmetic.rawValue, kernelPath: arithmetic.kernelPath, documentTokens: segments * tokens,
            newTokens: newTokens, steps: steps, truncate: truncate, rank: rank,
            loadSeconds: Self.seconds(loadTime), seconds: Self.seconds(times[times.count / 2]),
            leastSeconds: Self.seconds(times[0]), gflop: work.operations / 1e9, peakMib: peakMebibytes(),
            threads: threads)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }

    /// To a microsecond.
    private static func seconds(_ duration: Duration) -> Double {
        (duration / .microseconds(1)).rounded() / 1e6
    }
}

/// The shapes of the models that can be timed.
enum BenchArchitecture: String, CaseIterable, ExpressibleByArgument {
    case tiny
    case small
    case smollm2 = "smollm2-135m"

    func configuration() throws -> ModelConfiguration {
        switch self {
        case .tiny:
            try ModelConfiguration(
                vocabularySize: 1024, width: 128, intermediateWidth: 352, layers: 4, heads: 4, tiedEmbeddings: true)
        case .small:
            try ModelConfiguration(
                vocabularySize: 4096, width: 320, intermediateWidth: 896, layers: 8, heads: 5, tiedEmbeddings: true)
        case .smollm2:
            try ModelConfiguration(
                vocabularySize: 49_152, width: 576, intermediateWidth: 1536, layers: 30, heads: 9,
                keyValueHeads: 3, ropeTheta: 100_000, tiedEmbeddings: true)
        }
    }
}

/// The most memory that this process has held, in MiB.
private func peakMebibytes() -> Int {
    var usage = rusage()
    // getrusage fills the structure that it is given a pointer to, and no more.
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
}

extension Arithmetic: ExpressibleByArgument {}

extension LayerSelection: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
