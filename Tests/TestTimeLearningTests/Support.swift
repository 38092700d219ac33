import Foundation
import LanguageModel
import ModelFiles
import SeededRandom
import Tensors
import Testing

@testable import TestTimeLearning

/// A tiny model with all that is learned, and values computed with it by PyTorch (Fixtures/torch).
struct TorchFixture {
    static let names = ["llama-tied", "llama-untied"]
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/torch")

    let configuration: ModelConfiguration
    let layout: AdapterLayout
    private let settings: Settings
    private let weights: ModelWeights<StoredWeight<Float>>
    private let adapter, reference: SafeTensorsFile

    /// What is needed of reference.json.
    private struct Settings: Decodable {
        struct AdamW: Decodable { let beta1, beta2, epsilon, weightDecay: Double }
        struct Variant: Decodable {
            let optimizer: String
            let truncatedSteps: Int
        }
        let adamw: AdamW
        let variants: [String: Variant]
        let steps: Int
        let lengths, prefixes, outerLengths, outerPrompts: [Int]
    }

    /// What is needed of PEFT's adapter_config.json.
    private struct AdapterSettings: Decodable {
        let r: Int
        let loraAlpha: Double
        let useRslora: Bool
        let targetModules: Set<String>
    }

    init(_ name: String) throws {
        let folder = Self.folder.appendingPathComponent(name)
        func file(_ path: String) throws -> SafeTensorsFile {
            try SafeTensorsFile(path: folder.appendingPathComponent(path).path)
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        configuration = try ModelConfiguration(path: folder.appendingPathComponent("config.json").path)
        settings = try decoder.decode(
            Settings.self, from: Data(contentsOf: folder.appendingPathComponent("reference.json")))
        let lora = try decoder.decode(
            AdapterSettings.self, from: Data(contentsOf: folder.appendingPathComponent("adapter/adapter_config.json")))
        layout = AdapterLayout(
            rank: lora.r, alpha: lora.loraAlpha, rankStabilized: lora.useRslora,
            maps: LinearMap.allCases.filter { lora.targetModules.contains($0.shortName) }, configuration: configuration)
        weights = try PretrainedModel(path: folder.path).weights
        adapter = try file("adapter/adapter_model.safetensors")
        reference = try file("reference.safetensors")
    }

    /// A recorded tensor, under other extents if given.
    func expected<Scalar: TensorScalar>(_ name: String, shape: [Int]? = nil) throws -> Tensor<Scalar> {
        let tensor: Tensor<Scalar> = try reference.tensor(name, shape: reference.entry(name).shape)
        return tensor.reshaped(shape ?? tensor.shape)
    }

    /// The model as it is before the inner loop. Its micro-batches hold one or two segments each.
    func model<Scalar: TensorScalar>(variant name: String = "") throws -> MetaLearnedModel<Scalar> {
        let variant = try #require(settings.variants[name])
        let isSGD = variant.optimizer == "sgd", adamW = settings.adamw
        let rates: [Tensor<Scalar>] = try layout.names.map {
            try expected("\(isSGD ? "sgd." : "")lograte.\($0)", shape: [1, settings.steps])
        }
        return MetaLearnedModel(
            configuration: configuration,
            innerLoop: InnerLoopConfiguration(
                optimizer: isSGD ? .sgd : .adamW,
                adamW: InnerLoopConfiguration.AdamW(
                    beta1: adamW.beta1, beta2: adamW.beta2, epsilon: adamW.epsilon, weightDecay: adamW.weightDecay),
                steps: settings.steps, truncatedSteps: variant.truncatedSteps, microBatchTokens: 18),
            weights: weights.map { $1.converted() },
            adapter: try Adapter(reading: adapter, layout: layout),
            weighter: TokenWeighter(
                tensors: try TokenWeighter<Tensor<Scalar>>.names.map { try expected("weighter.\($0)") }),
            logRates: Tensor(concatenating: rates))
    }

    /// The document and its questions, as they were recorded.
    func task<Scalar: TensorScalar>() throws -> DocumentEncoder<Scalar>.Task {
        func sequences(_ name: String, _ lengths: [Int], _ firstTargets: [Int]) throws -> [TokenSequence] {
            let width = try reference.entry(name).shape[1], ids = try reference.int32s(name).map(Int.init)
            return lengths.indices.map {
                TokenSequence(
                    tokens: Array(ids[width * $0..<width * $0 + lengths[$0]]), firstTarget: firstTargets[$0])
            }
        }
        return DocumentEncoder.Task(
            segments: try sequences("ids", settings.lengths, settings.prefixes),
            questions: try sequences("outer.ids", settings.outerLengths, settings.outerPrompts))
    }
}

/// A random model of two layers with grouped-query attention, which learns by AdamW or, without its settings, by gradient
/// descent.
///
/// AdamW's ε is large and the seed one of those for which no element of the first inner gradient of `tinyTasks` is small:
/// at zero, AdamW's first step has a kink, near which differences are useless.
func tinyModel<Scalar: TensorScalar>(
    adamW: InnerLoopConfiguration.AdamW? = InnerLoopConfiguration.AdamW(epsilon: 0.1),
    rate: Double = 0.05, steps: Int = 4, truncatedSteps: Int = 0, microBatchTokens: Int = 12, isWeighted: Bool = true,
    weighting: TokenWeighting = TokenWeighting(),
    isTied: Bool = false, family: ModelFamily = .llama, maps: [LinearMap]? = nil, layers: [Int]? = nil,
    seed: UInt64 = 326, as type: Scalar.Type = Scalar.self
) throws -> MetaLearnedModel<Scalar> {
    let configuration = try ModelConfiguration(
        family: family, vocabularySize: 11, width: 6, intermediateWidth: 6, layers: 2, heads: 4, keyValueHeads: 2,
        headWidth: 2,
        normalizationEpsilon: 1e-2, tiedEmbeddings: isTied, maximumPositions: 64)
    var random = RandomSource(seed: seed)
    func normal(_ shape: [Int], _ deviation: Double) -> Tensor<Scalar> {
        Tensor(normal: shape, standardDeviation: deviation, using: &random)
    }
    let layoutOfWeights = WeightLayout(configuration)
    let weights = ModelWeights(
        layout: layoutOfWeights,
        values: layoutOfWeights.entries.map(\.shape).map { shape in
            StoredWeight.dense(
                shape.count > 1 ? normal(shape, 0.35) : normal(shape, 0.1) + Tensor(repeating: 1, shape: shape))
        })
    let layout = AdapterLayout(
        rank: 2, alpha: 2, rankStabilized: true, maps: maps, layers: layers, configuration: configuration)
    let adapter = Adapter(layout: layout, tensors: layout.shapes.map { normal([1] + $0, 0.3) })
    let weighter = TokenWeighter(
        tensors: [[5, 6], [5], [1, 5], [1]].map { normal($0, 0.4) }, weighting: weighting)
    let logRates = normal([adapter.tensors.count, steps], 0.3)
    return MetaLearnedModel(
        configuration: configuration,
        innerLoop: InnerLoopConfiguration(
            optimizer: adamW == nil ? .sgd : .adamW, adamW: adamW ?? InnerLoopConfiguration.AdamW(), steps: steps,
            truncatedSteps: truncatedSteps, microBatchTokens: microBatchTokens),
        weights: weights, adapter: adapter, weighter: isWeighted ? weighter : nil,
        logRates: logRates + Tensor(repeating: Scalar(log(rate)), shape: logRates.shape))
}

/// Random tasks for `tinyModel`, with three and two segments, one and two questions in turn.
func tinyTasks<Scalar: TensorScalar>(
    _ count: Int = 2, as type: Scalar.Type = Scalar.self
) -> [DocumentEncoder<Scalar>.Task] {
    var random = RandomSource(seed: 2)
    func sequences(_ count: Int, longest: Int, firstTarget: Int) -> [TokenSequence] {
        (0..<count).map { index in
            TokenSequence(
                tokens: (index..<longest).map { _ in random.integer(in: 0...10) }, firstTarget: firstTarget + index % 2)
        }
    }
    return (0..<count).map { task in
        DocumentEncoder.Task(
            segments: sequences(3 - task % 2, longest: 6, firstTarget: 1),
            questions: sequences(1 + task % 2, longest: 5, firstTarget: 2))
    }
}

/// The largest difference between two tensors' elements, over the largest element of `expected`; not a number if any
/// difference is, infinite if the shapes differ. Zeros must be met exactly.
func relativeError<Scalar>(of found: Tensor<Scalar>, from expected: Tensor<Scalar>) -> Double {
    guard found.shape == expected.shape else { return .infinity }
    let worst = zip(found.scalars, expected.scalars).reduce(0.0) { worst, pair in
        let difference = Double(abs(pair.0 - pair.1))
        return difference <= worst || worst.isNaN ? worst : difference
    }
    return worst == 0 ? 0 : worst / expected.scalars.reduce(0) { max($0, Double(abs($1))) }
}
