import ArgumentParser
import Autodiff
import Foundation
import LanguageModel
import QuestionAnswering
import Tensors
import TestTimeLearning

/// Times one piece of work on random weights and prints a line of JSON.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times a meta-step, an encoding or a prompt; prints a line of JSON.",
        discussion: """
            The model is one of random weights of a known shape, or the one at --model; the tokens are random. Seconds are \
            those of one repetition, load_seconds those of making or reading the model, once.

            EXAMPLES:
              perk-meta-train bench --arch small --segments 16 --tokens 64 --mode meta
              perk-meta-train bench --model models/SmolLM2-135M-Instruct.Q4_1.gguf --segments 8 --mode encode
            """)

    /// The shapes of the models that can be timed.
    enum Architecture: String, CaseIterable, ExpressibleByArgument {
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

    enum Mode: String, CaseIterable, ExpressibleByArgument { case meta, encode, prefill }

    @Option(help: "The shape of the model.") var arch = Architecture.smollm2
    @Option(help: ArgumentHelp("A base model to time instead.", valueName: "path")) var model: String?
    @Option(help: "Which layers are adapted: all, 'top 8' or 22..29.") var layers = LayerSelection.all
    @Option(help: "Segments of the document.") var segments = 4
    @Option(help: "Tokens in a segment.") var tokens = 128
    @Option(help: "Tokens of the question and its answer.") var questionTokens = 48
    @Option(help: "Inner steps.") var steps = 4
    @Option(help: "First steps whose gradient counts as a constant.") var truncate = 0
    @Option(help: "The adapter's rank.") var rank = 16
    @Option(help: "What to time.") var mode = Mode.meta
    @Option(help: "The most tokens in one pass over the model (default: by the model's size).") var microBatchTokens:
        Int?
    @Option(name: .customLong("repeat"), help: "Timed repetitions; the median is reported.") var repetitions = 3
    @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        let numbers = [
            ("--segments", segments), ("--tokens", tokens), ("--question-tokens", questionTokens), ("--steps", steps),
            ("--rank", rank), ("--micro-batch-tokens", microBatchTokens ?? 1), ("--repeat", repetitions),
            ("--threads", threads),
        ]
        for (name, value) in numbers where !(1...1_048_576).contains(value) {
            throw ValidationError("\(name) is \(value): give a number from 1 to 1048576.")
        }
        guard (0...steps).contains(truncate) else {
            throw ValidationError("--truncate is \(truncate): give a number from 0 to --steps.")
        }
    }

    private struct Report: Encodable {
        let arch, mode, layers: String
        let documentTokens, steps, truncate, rank: Int
        let loadSeconds, seconds: Double
        let peakMib, threads: Int
    }

    func run() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let model = try learnedModel()
        let loadTime = clock.now - start
        let work = work(with: model)
        try work()
        let times = try (0..<repetitions).map { _ in try clock.measure(work) }.sorted()
        let median = times[times.count / 2]
        let report = Report(
            arch: self.model ?? arch.rawValue, mode: mode.rawValue, layers: layers.description,
            documentTokens: segments * tokens, steps: steps, truncate: truncate, rank: rank,
            loadSeconds: Self.seconds(loadTime), seconds: Self.seconds(median), peakMib: peakMebibytes(),
            threads: threads)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }

    /// To a tenth of a millisecond.
    private static func seconds(_ duration: Duration) -> Double {
        (duration / .milliseconds(1) * 10).rounded() / 10_000
    }

    private func learnedModel() throws -> MetaLearnedModel<Float> {
        var random = RandomSource(seed: 1)
        var start = StartSettings()
        start.rank = rank
        start.alpha = 16
        start.layers = layers
        start.standardDeviationOfB = 1e-3
        start.weighterHiddenWidth = 128
        start.innerLoop = InnerLoopConfiguration(steps: steps, truncatedSteps: truncate)
        start.microBatchTokens = microBatchTokens
        start.initialRate = 5e-5
        if let model {
            let base = try PretrainedModel(path: model)
            return try MetaLearnedModel(
                configuration: base.configuration, weights: base.weights, start: start, using: &random)
        }
        let configuration = try arch.configuration()
        let weights = ModelWeights<StoredWeight<Float>>(initializing: configuration, using: &random)
        return try MetaLearnedModel(configuration: configuration, weights: weights, start: start, using: &random)
    }

    private func work(with model: MetaLearnedModel<Float>) -> () throws -> Void {
        var random = RandomSource(seed: 2)
        func sequence(_ count: Int) -> TokenSequence {
            TokenSequence(
                tokens: (0..<count).map { _ in random.integer(in: 0...model.configuration.vocabularySize - 1) })
        }
        let document = (0..<segments).map { _ in sequence(tokens) }
        let question = sequence(questionTokens)
        let encoder = DocumentEncoder(model: model, threads: threads)
        switch mode {
        case .meta:
            return { _ = try encoder.metaGradient([.init(segments: document, questions: [question])]) }
        case .encode:
            return { _ = try encoder.encode([document]) }
        case .prefill:
            let prompt = document.flatMap(\.tokens)
            let transformer = Transformer<Tensor<Float>>(
                configuration: model.configuration, frozen: model.weights)
            return { _ = try transformer.generate(after: prompt, adapter: nil, endTokens: [], limit: 1) }
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

extension LayerSelection: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
