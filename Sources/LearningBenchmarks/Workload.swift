import AdapterStore
import Autodiff
import DocumentService
import Foundation
import LanguageModel
import PERKModel
import SeededRandom
import Tensors
import TestTimeLearning

/// A piece of work that can be done over and over.
struct Workload {
    /// What the matrix products of one repetition count, in floating-point operations; 0 where they are not the matter.
    var operations = 0.0
    /// Does the work once; the time of the part that counts.
    let run: () throws -> Duration
}

extension LearningBenchmark {
    /// Makes or reads the model, and what is to be done with it.
    func workload() throws -> Workload {
        switch mode {
        case .meta, .encode: return learning(try learnedModel())
        case .answer, .decode: return try generation(learnedModel())
        case .question: return try question()
        case .product: return try products()
        }
    }

    private var perk: PERKConfiguration {
        var perk = PERKConfiguration()
        perk.adapter.rank = rank
        perk.adapter.alpha = 16
        perk.adapter.layers = layers
        perk.inner = InnerLoopConfiguration(
            steps: steps, truncatedSteps: truncatedSteps, microBatchTokens: microBatchTokens)
        return perk
    }

    private var start: FreshStart {
        var start = FreshStart()
        (start.standardDeviationOfB, start.initialRate) = (1e-3, 5e-5)
        return start
    }

    private func learnedModel() throws -> MetaLearnedModel<Float> {
        var random = RandomSource(seed: 1)
        let base = try model.map { try PretrainedModel(path: $0) }
        let configuration = try base?.configuration ?? architecture.configuration()
        var learned = try MetaLearnedModel(
            configuration: configuration,
            weights: base?.weights ?? ModelWeights(initializing: configuration, using: &random), perk: perk,
            start: start,
            using: &random)
        learned.arithmetic = arithmetic
        return learned
    }

    /// A meta-step or an encoding.
    private func learning(_ model: MetaLearnedModel<Float>) -> Workload {
        var random = RandomSource(seed: 2)
        func sequence(_ count: Int) -> TokenSequence {
            TokenSequence(
                tokens: (0..<count).map { _ in random.integer(in: 0...model.configuration.vocabularySize - 1) })
        }
        let document = (0..<segments).map { _ in sequence(tokens) }
        let question = sequence(questionTokens)
        let encoder = DocumentEncoder(model: model, threads: threads)
        let count = ProductCount(of: model)
        let clock = ContinuousClock()
        if mode == .encode {
            return Workload(operations: count.encoding(segments: segments, tokens: tokens)) {
                try clock.measure { _ = try encoder.encode([document]) }
            }
        }
        return Workload(
            operations: count.metaStep(segments: segments, tokens: tokens, questionTokens: questionTokens)
        ) {
            try clock.measure { _ = try encoder.metaGradient([.init(segments: document, questions: [question])]) }
        }
    }

    /// Prompts and what is generated after them. Token i of each is 7919·i modulo the vocabulary.
    private func generation(_ model: MetaLearnedModel<Float>) throws -> Workload {
        let prompt = (0..<segments * tokens).map { $0 * 7919 % model.configuration.vocabularySize }
        let adapter = try adapter.map {
            try Adapter<Tensor<Float>>(path: $0, configuration: model.configuration)
        }
        var random = RandomSource(seed: 3)
        let requests = (0..<questions).map { _ in
            GenerationRequest(
                prompt: prompt,
                adapter: adapter ?? Adapter(layout: model.adapter.layout, standardDeviationOfB: 1e-3, using: &random),
                endTokens: [], limit: newTokens)
        }
        let groups = together ? [requests] : requests.map { [$0] }
        let transformer = Transformer<Tensor<Float>>(configuration: model.configuration, answeringWith: model.weights)
        let count = ProductCount(of: model)
        let operations =
            (mode == .decode ? 0 : count.prompt(tokens: prompt.count))
            + count.decoding(after: prompt.count, newTokens: newTokens)
        let clock = ContinuousClock()
        return Workload(operations: Double(questions) * operations) {
            try groups.reduce(Duration.zero) { sum, group in
                var start = clock.now
                var isFirst = mode == .decode
                let results = ThreadBudget.with(threads) {
                    transformer.generate(group) { _, _ in
                        if isFirst { (start, isFirst) = (clock.now, false) }
                    }
                }
                for result in results { _ = try result.get() }
                return sum + (clock.now - start)
            }
        }
    }

    /// All that a question about a known document needs before its prompt goes through the model.
    private func question() throws -> Workload {
        let model = try AnsweringModel(
            fresh: BaseModel(path: self.model ?? ""), configuration: perk, start: start)
        let folder = try TemporaryStoreFolder()
        let store = try AdapterStore(path: folder.database, onDamage: { _ in })
        let answerer = try QuestionAnswerer(
            model: model, name: "bench", store: store, threads: threads, maximumDocumentTokens: 1024,
            hotBytes: hotBytes ?? QuestionAnswerer.defaultHotBytes)
        let document = try answerer.submit(text: "Zoe lives in Oslo.", name: nil) { _ in }.document
        let clock = ContinuousClock()
        return Workload {
            withExtendedLifetime(folder) {}
            return try clock.measure {
                let adapter = try answerer.adapter(document: document)
                let prompt = try model.format.prompt(
                    for: "Where does Zoe live?", segments: 1, tokenizer: model.tokenizer)
                let transformer = Transformer<Tensor<Float>>(
                    configuration: model.learned.configuration, answeringWith: model.learned.weights)
                withExtendedLifetime((adapter, prompt, transformer)) {}
            }
        }
    }

    /// The products of rows with the model's frozen maps, a product of its own on each thread at the same time.
    private func products() throws -> Workload {
        let configuration = try architecture.configuration()
        let maps = [LinearMap.query, .up, .down].map { $0.shape(in: configuration) }
        let budget = ByteBudget(bytes: .max)
        let weights = maps.map {
            FrozenMatrix<Float>(
                .dense(Tensor(repeating: 0.5, shape: $0)), arithmetic: arithmetic,
                layouts: MatrixLayouts(budget: budget))
        }
        let inputs = maps.map { Tensor<Float>(repeating: 0.5, shape: [segments * tokens, $0[1]]) }
        let times = 10
        let operations = maps.reduce(0) { $0 + 2 * Double(segments * tokens * $1[0] * $1[1]) }
        let clock = ContinuousClock()
        return Workload(operations: operations * Double(times * threads)) {
            try clock.measure {
                try reduceInOrder(count: threads, threads: threads) { _ in
                    for _ in 0..<times {
                        for (weight, input) in zip(weights, inputs) {
                            _ = Variable(constant: input).linear(.frozen(weight))
                        }
                    }
                } combine: { _, _ in
                }
            }
        }
    }
}

/// A folder for a store, which goes when nobody holds it any more.
private final class TemporaryStoreFolder {
    private let url = FileManager.default.temporaryDirectory.appending(path: "perk-bench-\(UUID().uuidString)")

    var database: String { url.appending(path: "adapters.sqlite").path }

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }
}
