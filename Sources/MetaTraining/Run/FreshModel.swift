import Foundation
import LanguageModel
import PERKModel
import Tensors
import TestTimeLearning
import Tokenization

extension TrainingConfiguration {
    /// The model that a run begins with: a meta-trained one as it is, a base model or a fresh one with the start that the
    /// configuration describes.
    ///
    /// - Throws: an error naming the file that is missing or does not fit.
    func freshModel() throws -> AnsweringModel {
        var result = try startingModel()
        if let path = adapter.path {
            try result.begin(with: Adapter(peftDirectory: path, configuration: result.learned.configuration))
        }
        // Only numbers of their own can be trained, so quantized weights are dequantized once and for all.
        if meta.trainBase || base.steps > 0 { result.learned.baseParameters = result.learned.baseParameters }
        return result
    }

    /// - Throws: `MethodConflict` where the model was trained for another method than this one.
    func requireMethod(of model: AnsweringModel) throws {
        guard model.method == method else { throw MethodConflict(model: model.method, configuration: method) }
    }

    private func startingModel() throws -> AnsweringModel {
        guard let path = model.path else { return try modelOfStatedShape() }
        guard !AnsweringModel.isMetaTrained(path: path) else { return try AnsweringModel(path: path) }
        var result = try AnsweringModel(untrained: BaseModel(path: path), start: start, seed: UInt64(seed))
        result.format = try text.format(for: result.learned.configuration)
        result.method = method
        return result
    }

    private func modelOfStatedShape() throws -> AnsweringModel {
        guard let tokenizerPath = tokenizer else {
            preconditionFailure("the configuration was validated without a tokenizer")
        }
        let tokenizer = try loadTokenizer(path: tokenizerPath)
        let configuration = try model.shape.modelConfiguration(vocabularySize: tokenizer.vocabularySize)
        var random = RandomSource(seed: UInt64(seed), stream: 0)
        let weights = ModelWeights<StoredWeight<Float>>(initializing: configuration, using: &random)
        let learned = try MetaLearnedModel(
            configuration: configuration, weights: weights, start: start, using: &random)
        var result = AnsweringModel(
            learned: learned, tokenizer: tokenizer, format: try text.format(for: configuration))
        result.method = method
        return result
    }

    private var start: StartSettings {
        var start = StartSettings()
        start.rank = adapter.rank
        start.alpha = adapter.alpha
        start.rankStabilized = adapter.rsLoRA
        start.targets = adapter.targetNames
        start.layers = adapter.layers
        start.standardDeviationOfB = adapter.initialStandardDeviationOfB
        start.weighterHiddenWidth = weighter.enabled ? weighter.hiddenWidth : nil
        start.weighting = weighter.weighting
        start.innerLoop = inner.innerLoop
        start.microBatchTokens = inner.microBatchTokens
        start.initialRate = inner.initialRate
        return start
    }
}

extension InnerSection {
    var innerLoop: InnerLoopConfiguration {
        InnerLoopConfiguration(
            optimizer: optimizer == .sgd
                ? .sgd : .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay),
            steps: steps, truncatedSteps: firstOrder ? steps : truncatedSteps)
    }
}

/// The model was trained for something else than the configuration asks for.
struct MethodConflict: Error, Equatable, CustomStringConvertible {
    let model, configuration: TrainingMethod

    var description: String {
        "the model was trained with method: \(model.rawValue), and the configuration says \(configuration.rawValue): "
            + "begin from its base model, or change method"
    }
}
