import Foundation
import LanguageModel
import Tensors

/// A piece of the program's work that is timed: on a model of random weights of a known shape, or on one from files.
public struct LearningBenchmark: Sendable {
    /// What is timed.
    public enum Mode: String, CaseIterable, Sendable {
        /// A meta-step on one document and one question.
        case meta
        /// Learning one document.
        case encode
        /// A prompt, and what is generated after it with an adapter.
        case answer
        /// The same, from the first new token to the last.
        case decode
        /// From a question's arrival to the start of its prompt, about a document that was asked about before.
        case question
        /// Products with matrices of the model, one on each thread.
        case product
    }

    /// The shapes of the models that can be timed.
    public enum Architecture: String, CaseIterable, Sendable {
        case tiny
        case small
        case smollm2 = "smollm2-135m"

        func configuration() throws -> ModelConfiguration {
            switch self {
            case .tiny:
                try ModelConfiguration(
                    vocabularySize: 1024, width: 128, intermediateWidth: 352, layers: 4, heads: 4,
                    tiedEmbeddings: true)
            case .small:
                try ModelConfiguration(
                    vocabularySize: 4096, width: 320, intermediateWidth: 896, layers: 8, heads: 5,
                    tiedEmbeddings: true)
            case .smollm2:
                try ModelConfiguration(
                    vocabularySize: 49_152, width: 576, intermediateWidth: 1536, layers: 30, heads: 9,
                    keyValueHeads: 3, ropeTheta: 100_000, tiedEmbeddings: true)
            }
        }
    }

    public var mode = Mode.meta
    public var architecture = Architecture.smollm2
    /// A base model to time in place of the architecture; the mode `question` needs one, for its tokenizer.
    public var model: String?
    public var layers = LayerSelection.all
    /// Segments of the document, and tokens in each; their product is the length of a prompt.
    public var segments = 4
    public var tokens = 128
    /// Tokens of the question and its answer.
    public var questionTokens = 48
    /// Tokens that are generated.
    public var newTokens = 16
    /// Prompts that are answered, each with an adapter of its own; all of them together, or one by one.
    public var questions = 1
    public var together = false
    /// Inner steps, and how many of them count as constants in the meta-gradient.
    public var steps = 4
    public var truncatedSteps = 0
    public var rank = 16
    /// A PEFT directory to answer with in place of a random adapter.
    public var adapter: String?
    /// Of learning.
    public var arithmetic = Arithmetic.float32
    /// The most tokens in one pass over the model; `nil` for what the model's size suggests.
    public var microBatchTokens: Int?
    /// The most bytes of adapters in memory between questions; `nil` for the service's own number.
    public var hotBytes: Int?
    public var repetitions = 3
    public var threads = ProcessInfo.processInfo.activeProcessorCount

    public init() {}

    /// What was found.
    public struct Figures: Encodable, Sendable {
        public let arch, mode, layers, arithmetic, kernelPath: String
        public let documentTokens, newTokens, steps, truncate, rank: Int
        /// Of making or reading the model; the median of the repetitions, and the shortest of them.
        public let loadSeconds, seconds, leastSeconds: Double
        /// What the matrix products of one repetition count, in 10⁹ floating-point operations.
        public let gflop: Double
        public let peakMib, threads: Int
    }

    /// Does the work once, and then times it.
    ///
    /// - Throws: an error that names a file of the model, or what the work itself throws.
    public func measure() throws -> Figures {
        let clock = ContinuousClock()
        let start = clock.now
        let work = try workload()
        let loadTime = clock.now - start
        _ = try work.run()
        let times = try (0..<repetitions).map { _ in try work.run() }.sorted()
        return Figures(
            arch: model ?? architecture.rawValue, mode: mode.rawValue, layers: layers.description,
            arithmetic: arithmetic.rawValue, kernelPath: arithmetic.kernelPath, documentTokens: segments * tokens,
            newTokens: newTokens, steps: steps, truncate: truncatedSteps, rank: rank,
            loadSeconds: Self.seconds(loadTime), seconds: Self.seconds(times[times.count / 2]),
            leastSeconds: Self.seconds(times[0]), gflop: work.operations / 1e9, peakMib: peakMebibytes(),
            threads: threads)
    }

    /// To a microsecond.
    private static func seconds(_ duration: Duration) -> Double {
        (duration / .microseconds(1)).rounded() / 1e6
    }
}

/// The most memory that this process has held, in MiB.
private func peakMebibytes() -> Int {
    var usage = rusage()
    // getrusage fills the structure that it is given a pointer to, and no more.
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
}
