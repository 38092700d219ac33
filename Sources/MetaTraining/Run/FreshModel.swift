import Foundation
import LanguageModel
import PERKModel
import SeededRandom
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
            try result.begin(with: Adapter(path: path, configuration: result.learned.configuration))
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
        return try AnsweringModel(
            fresh: BaseModel(path: path), configuration: perk, start: start, seed: UInt64(seed)
        ).requiringSegments(of: text)
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
            configuration: configuration, weights: weights, perk: perk, start: start, using: &random)
        var result = AnsweringModel(learned: learned, tokenizer: tokenizer, format: text)
        result.method = method
        return try result.requiringSegments(of: text)
    }

    /// What a fresh model is made by.
    private var perk: PERKConfiguration {
        var result = PERKConfiguration()
        result.method = method
        result.adapter = adapter.shape
        result.weighter = weighter
        result.inner = inner.innerLoop
        result.text = text
        return result
    }

    private var start: FreshStart {
        var result = FreshStart()
        result.standardDeviationOfB = adapter.initialStandardDeviationOfB
        result.initialRate = inner.initialRate
        return result
    }
}

extension AnsweringModel {
    /// - Throws: `SequenceTooLong` where the stated segments have more tokens than the model reads.
    fileprivate func requiringSegments(of text: TextFormat) throws -> AnsweringModel {
        let limit = learned.configuration.maximumPositions
        if let tokens = text.maximumSegmentTokens, tokens > limit {
            throw SequenceTooLong(tokens: tokens, limit: limit)
        }
        return self
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
