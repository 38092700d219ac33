import ArgumentParser
import Foundation
import LanguageModel
import LearningBenchmarks
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

    private static let defaults = LearningBenchmark()

    @Option(help: "The shape of the model.") var arch = defaults.architecture
    @Option(help: ArgumentHelp("A base model to time instead.", valueName: "path")) var model: String?
    @Option(help: "Which layers are adapted: all, 'top 8' or 22..29.") var layers = defaults.layers
    @Option(help: "Segments of the document.") var segments = defaults.segments
    @Option(help: "Tokens in a segment.") var tokens = defaults.tokens
    @Option(help: "Tokens of the question and its answer.") var questionTokens = defaults.questionTokens
    @Option(help: "Tokens that are generated.") var newTokens = defaults.newTokens
    @Option(help: "Prompts that are answered, each with an adapter of its own.") var questions = defaults.questions
    @Flag(help: "Answer all of them together instead of one by one.") var together = false
    @Option(help: "Inner steps.") var steps = defaults.steps
    @Option(help: "First steps whose gradient counts as a constant.") var truncate = defaults.truncatedSteps
    @Option(help: "The adapter's rank.") var rank = defaults.rank
    @Option(
        help: ArgumentHelp(
            "A PEFT directory or a GGUF file to answer with, instead of a random adapter.", valueName: "path"))
    var adapter: String?
    @Option(help: "What to time.") var mode = defaults.mode
    @Option(help: "The arithmetic of learning: float32 or bf16.") var arithmetic = defaults.arithmetic
    @Option(help: "The most tokens in one pass over the model (default: by the model's size).") var microBatchTokens:
        Int?
    @Option(help: ArgumentHelp("The most bytes of adapters kept in memory between questions.", valueName: "bytes"))
    var hotBytes: Int?
    @Option(name: .customLong("repeat"), help: "Timed repetitions; the median is reported.")
    var repetitions = defaults.repetitions
    @Option(help: "Threads.") var threads = defaults.threads

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

    func run() throws {
        var benchmark = LearningBenchmark()
        (benchmark.mode, benchmark.architecture, benchmark.model) = (mode, arch, model)
        (benchmark.layers, benchmark.rank, benchmark.adapter) = (layers, rank, adapter)
        (benchmark.segments, benchmark.tokens, benchmark.questionTokens) = (segments, tokens, questionTokens)
        (benchmark.newTokens, benchmark.questions, benchmark.together) = (newTokens, questions, together)
        (benchmark.steps, benchmark.truncatedSteps) = (steps, truncate)
        (benchmark.arithmetic, benchmark.microBatchTokens, benchmark.hotBytes) = (
            arithmetic, microBatchTokens, hotBytes
        )
        (benchmark.repetitions, benchmark.threads) = (repetitions, threads)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(benchmark.measure()), as: UTF8.self))
    }
}

extension LearningBenchmark.Mode: ExpressibleByArgument {}
extension LearningBenchmark.Architecture: ExpressibleByArgument {}
extension Arithmetic: ExpressibleByArgument {}

extension LayerSelection: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
