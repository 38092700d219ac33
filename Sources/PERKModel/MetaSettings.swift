import Foundation
import LanguageModel
import ModelFiles
import Tensors
import TestTimeLearning

/// A problem with `perk.json`.
public struct MetaSettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    public let problem: String

    public var description: String { "\(file): \(problem)" }
}

/// The contents of `perk.json`: what turns a base model into one that learns documents, but for the numbers in
/// `meta.safetensors`.
struct MetaSettings: Codable, Equatable {
    static let currentVersion = 1

    var version = currentVersion
    var adapter: AdapterSettings
    var innerLoop: InnerLoopSettings
    /// Absent when every token counts the same.
    var weighterHiddenWidth: Int?
    /// How the weighter's network becomes a weight, where that is not the default.
    var weighterNonlinearity: String?
    var isWeighterNormalized: Bool?
    var text: TextFormat
    /// The arithmetic that the model was trained with; float32 where the key is missing.
    var arithmetic: String?
    /// What the adapter was trained for; PERK where the key is missing.
    var method: String?
    /// Absent where the model was not calibrated.
    var calibration: Calibration?
    var limits: DocumentLimits?

    enum CodingKeys: String, CodingKey {
        case version, adapter, text, arithmetic, method, calibration, limits
        case innerLoop = "inner_loop"
        case weighterHiddenWidth = "weighter_hidden_width"
        case weighterNonlinearity = "weighter_nonlinearity"
        case isWeighterNormalized = "weighter_normalized"
    }

    /// In PEFT's keys.
    struct AdapterSettings: Codable, Equatable {
        var rank: Int
        var alpha: Double
        var rankStabilized: Bool
        var targets: [String]
        /// The adapted layers; all of them where the key is missing.
        var layers: [Int]?

        enum CodingKeys: String, CodingKey {
            case rank = "r"
            case alpha = "lora_alpha"
            case rankStabilized = "use_rslora"
            case targets = "target_modules"
            case layers = "layers_to_transform"
        }

        /// - Throws: `AdapterLayoutError` where the model has not what is to be adapted.
        func layout(_ configuration: ModelConfiguration) throws -> AdapterLayout {
            try AdapterLayout(
                rank: rank, alpha: alpha, rankStabilized: rankStabilized, targets: targets, layers: layers,
                configuration: configuration)
        }
    }

    struct InnerLoopSettings: Codable, Equatable {
        var optimizer: String
        var beta1, beta2, epsilon, weightDecay: Double?
        var steps: Int
        var truncatedSteps: Int
        var microBatchTokens: Int

        enum CodingKeys: String, CodingKey {
            case optimizer, beta1, beta2, epsilon, steps
            case weightDecay = "weight_decay"
            case truncatedSteps = "truncated_steps"
            case microBatchTokens = "micro_batch_tokens"
        }

        var configuration: InnerLoopConfiguration {
            let sgd = optimizer == "sgd"
            return InnerLoopConfiguration(
                optimizer: sgd
                    ? .sgd
                    : .adamW(
                        beta1: beta1 ?? 0.9, beta2: beta2 ?? 0.95, epsilon: epsilon ?? 1e-6,
                        weightDecay: weightDecay ?? 0.01),
                steps: steps, truncatedSteps: truncatedSteps, microBatchTokens: microBatchTokens)
        }
    }

    init(_ model: MetaLearnedModel<Float>, _ format: TextFormat, _ method: TrainingMethod = .perk) {
        let layout = model.adapter.layout
        adapter = AdapterSettings(
            rank: layout.rank, alpha: layout.alpha, rankStabilized: layout.rankStabilized,
            targets: layout.maps.map(\.shortName),
            layers: layout.layers.count == model.configuration.layers ? nil : layout.layers)
        let inner = model.innerLoop
        innerLoop = InnerLoopSettings(
            optimizer: "sgd", steps: inner.steps, truncatedSteps: inner.truncatedSteps,
            microBatchTokens: inner.microBatchTokens)
        if case .adamW(let beta1, let beta2, let epsilon, let weightDecay) = inner.optimizer {
            innerLoop.optimizer = "adamw"
            (innerLoop.beta1, innerLoop.beta2) = (beta1, beta2)
            (innerLoop.epsilon, innerLoop.weightDecay) = (epsilon, weightDecay)
        }
        weighterHiddenWidth = model.weighter?.bias1.shape[0]
        if let weighting = model.weighter?.weighting {
            if weighting.nonlinearity != .softplus { weighterNonlinearity = weighting.nonlinearity.rawValue }
            if weighting.isNormalized { isWeighterNormalized = true }
        }
        text = format
        arithmetic = model.arithmetic.rawValue
        if method != .perk { self.method = method.rawValue }
    }

    /// `nil` where the arithmetic is unknown.
    var trainedArithmetic: Arithmetic? { arithmetic.map { Arithmetic(rawValue: $0) } ?? .float32 }

    /// `nil` where the method is unknown.
    var trainedMethod: TrainingMethod? { method.map { TrainingMethod(rawValue: $0) } ?? .perk }

    /// `nil` where the nonlinearity is unknown.
    var weighting: TokenWeighting? {
        let nonlinearity = weighterNonlinearity.map { TokenWeighting.Nonlinearity(rawValue: $0) } ?? .softplus
        return nonlinearity.map { TokenWeighting(nonlinearity: $0, isNormalized: isWeighterNormalized ?? false) }
    }

    /// - Throws: `MetaSettingsError`.
    init(path: String) throws {
        func refusal(_ problem: String) -> MetaSettingsError { MetaSettingsError(file: path, problem: problem) }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw refusal("cannot be read (\(error.localizedDescription)): give the directory of a meta-trained model")
        }
        do {
            self = try JSONDecoder().decode(MetaSettings.self, from: data)
        } catch DecodingError.keyNotFound(let key, let context) {
            throw refusal("\((context.codingPath + [key]).map(\.stringValue).joined(separator: ".")) is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw refusal(
                "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)")
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.first?.stringValue == "calibration" {
            throw refusal(
                "\(context.codingPath.map(\.stringValue).joined(separator: ".")) \(context.debugDescription)")
        } catch {
            throw refusal("is not JSON, or holds a number that its key cannot have: the file is damaged")
        }
        try validate { refusal($0) }
    }

    private func validate(_ refusal: (String) -> MetaSettingsError) throws {
        guard version == Self.currentVersion else {
            throw refusal("version \(version), this program reads version \(Self.currentVersion)")
        }
        func require<Value: Comparable>(_ key: String, _ value: Value?, _ range: ClosedRange<Value>) throws {
            guard let value, !range.contains(value) else { return }
            throw refusal("\(key) is \(value): it must be from \(range.lowerBound) to \(range.upperBound)")
        }
        try require("adapter.r", adapter.rank, 1...65_536)
        // Who finds the document in the prompt takes no steps on it.
        try require("inner_loop.steps", innerLoop.steps, trainedMethod == .inContext ? 0...0 : 1...1024)
        try require("inner_loop.truncated_steps", innerLoop.truncatedSteps, 0...1024)
        try require("inner_loop.micro_batch_tokens", innerLoop.microBatchTokens, 1...1_048_576)
        try require("inner_loop.beta1", innerLoop.beta1, 0...0.99999)
        try require("inner_loop.beta2", innerLoop.beta2, 0...0.99999)
        try require("inner_loop.epsilon", innerLoop.epsilon, 1e-12...1)
        try require("inner_loop.weight_decay", innerLoop.weightDecay, 0...1)
        try require("weighter_hidden_width", weighterHiddenWidth, 1...65_536)
        try require("text.sentences_per_segment", text.sentencesPerSegment, 1...65_536)
        try require("text.maximum_segment_tokens", text.maximumSegmentTokens, TextFormat.shortestSegment...1_048_576)
        try require("calibration.documents", calibration?.documents, 1...Int.max)
        try require("calibration.answers", calibration?.answers, 1...Int.max)
        try require("limits.document_tokens", limits?.tokens, 1...Int.max)
        try require("limits.base_loss", limits?.baseLoss, 0...1e6)
        guard adapter.alpha.isFinite, adapter.alpha > 0 else { throw refusal("adapter.lora_alpha must be positive") }
        let known = LinearMap.allCases.map(\.shortName)
        if let unknown = adapter.targets.first(where: { !known.contains($0) }) {
            throw refusal("adapter.target_modules names \(unknown): known are \(known.joined(separator: ", "))")
        }
        guard ["adamw", "sgd"].contains(innerLoop.optimizer) else {
            throw refusal("inner_loop.optimizer is \(innerLoop.optimizer): it must be adamw or sgd")
        }
        guard let weighting else {
            let known = TokenWeighting.Nonlinearity.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal("weighter_nonlinearity is \(weighterNonlinearity ?? ""): known are \(known)")
        }
        guard weighting.isPossible else {
            throw refusal("weighter_normalized is true, but weights by \(weighting.nonlinearity) have no positive mean")
        }
        guard trainedArithmetic != nil else {
            let known = Arithmetic.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal("arithmetic is \(arithmetic ?? ""): known are \(known)")
        }
        guard trainedMethod != nil else {
            let known = TrainingMethod.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal("method is \(method ?? ""): known are \(known)")
        }
        guard text.prompt.contains(TextFormat.placeholder) else {
            throw refusal("text.prompt does not contain \(TextFormat.placeholder)")
        }
        guard text.segmentPrefix?.contains(TextFormat.numberPlaceholder) ?? true else {
            throw refusal("text.segment_prefix does not contain \(TextFormat.numberPlaceholder)")
        }
    }

    func write(to path: String) throws {
        try replaceFile(at: path, with: [try JSONEncoder.stable.encode(self)])
    }
}
