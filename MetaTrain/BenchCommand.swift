import ArgumentParser
import Autodiff
import Foundation
import LanguageModel
import Tensors
import TestTimeLearning

/// Times one piece of work on random weights and prints a line of JSON.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times a meta-step, an encoding or a prompt on random weights; prints a line of JSON.",
        discussion: "Takes the flags and prints the keys of anchors/torch_perk.py, to be run side by side with it.")

    /// The shapes of the models that can be timed.
    enum Architecture: String, CaseIterable, ExpressibleByArgument {
        case tiny
        case small
        case smollm2 = "smollm2-135m"

        func configuration() throws -> LlamaConfiguration {
            switch self {
            case .tiny:
                try LlamaConfiguration(
                    vocabularySize: 1024, width: 128, intermediateWidth: 352, layers: 4, heads: 4, tiedEmbeddings: true)
            case .small:
                try LlamaConfiguration(
                    vocabularySize: 4096, width: 320, intermediateWidth: 896, layers: 8, heads: 5, tiedEmbeddings: true)
            case .smollm2:
                try LlamaConfiguration(
                    vocabularySize: 49_152, width: 576, intermediateWidth: 1536, layers: 30, heads: 9,
                    keyValueHeads: 3, ropeTheta: 100_000, tiedEmbeddings: true)
            }
        }
    }

    enum Mode: String, CaseIterable, ExpressibleByArgument { case meta, encode, prefill }

    @Option(help: "The shape of the model.") var arch = Architecture.smollm2
    @Option(help: "Segments of the document.") var segments = 4
    @Option(help: "Tokens in a segment.") var tokens = 128
    @Option(help: "Tokens of the question and its answer.") var questionTokens = 48
    @Option(help: "Inner steps.") var steps = 4
    @Option(help: "First steps whose gradient counts as a constant.") var truncate = 0
    @Option(help: "The adapter's rank.") var rank = 16
    @Option(help: "What to time.") var mode = Mode.meta
    @Option(help: "The most tokens in one pass over the model.") var microBatchTokens = 256
    @Option(name: .customLong("repeat"), help: "Timed repetitions; the median is reported.") var repetitions = 3
    @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        let numbers = [
            ("--segments", segments), ("--tokens", tokens), ("--question-tokens", questionTokens), ("--steps", steps),
            ("--rank", rank), ("--micro-batch-tokens", microBatchTokens), ("--repeat", repetitions),
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
        let arch, mode: String
        let documentTokens, steps, truncate, rank: Int
        let seconds: Double
        let peakMib, threads: Int
    }

    func run() throws {
        let work = try preparedWork()
        try work()
        let clock = ContinuousClock()
        let times = try (0..<repetitions).map { _ in try clock.measure(work) }.sorted()
        let median = times[times.count / 2]
        let report = Report(
            arch: arch.rawValue, mode: mode.rawValue, documentTokens: segments * tokens, steps: steps,
            truncate: truncate, rank: rank,
            seconds: (median / .milliseconds(1) / 1000 * 10_000).rounded() / 10_000, peakMib: peakMebibytes(),
            threads: threads)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }

    private func preparedWork() throws -> () throws -> Void {
        var random = RandomSource(seed: 1)
        let configuration = try arch.configuration()
        let layout = AdapterLayout(rank: rank, alpha: 16, rankStabilized: true, configuration: configuration)
        let model = MetaLearnedModel<Float>(
            configuration: configuration,
            innerLoop: InnerLoopConfiguration(
                steps: steps, truncatedSteps: truncate, microBatchTokens: microBatchTokens),
            weights: LlamaWeights(initializing: configuration, using: &random),
            adapter: Adapter(layout: layout, standardDeviationOfB: 1e-3, using: &random),
            weighter: TokenWeighter(width: configuration.width, hiddenWidth: 128, using: &random),
            logRates: MetaLearnedModel<Float>.uniformLogRates(5e-5, tensors: layout.names.count, steps: steps))
        func sequence(_ count: Int) -> TokenSequence {
            TokenSequence(tokens: (0..<count).map { _ in random.integer(in: 0...configuration.vocabularySize - 1) })
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
            let llama = Llama<Tensor<Float>>(configuration: configuration, frozen: model.weights)
            return { _ = try llama.generate(after: prompt, adapter: nil, endTokens: [], limit: 1) }
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
