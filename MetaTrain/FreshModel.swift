import LanguageModel
import QuestionAnswering
import Tensors
import TestTimeLearning
import Tokenization

extension TrainingConfiguration {
    /// The model that a run begins with.
    ///
    /// - Throws: an error naming the file that is missing or does not fit.
    func freshModel() throws -> AnsweringModel {
        if let path = model.path { return try AnsweringModel(directory: path) }
        guard let tokenizerPath = tokenizer else {
            preconditionFailure("the configuration was validated without a tokenizer")
        }
        let tokenizer = try SentencePieceTokenizer(path: tokenizerPath)
        let llama = try model.shape.llamaConfiguration(vocabularySize: tokenizer.vocabularySize)
        var random = RandomSource(seed: UInt64(seed), stream: 0)
        let weights = LlamaWeights<Tensor<Float>>(initializing: llama, using: &random)
        let layout = AdapterLayout(
            rank: adapter.rank, alpha: adapter.alpha, rankStabilized: adapter.rsLoRA,
            maps: LinearMap.allCases.filter { map in adapter.targets.contains { $0.rawValue == map.shortName } },
            configuration: llama)
        let start = Adapter<Tensor<Float>>(
            layout: layout, standardDeviationOfB: adapter.initialStandardDeviationOfB, using: &random)
        return AnsweringModel(
            learned: MetaLearnedModel(
                configuration: llama, innerLoop: inner.innerLoop, weights: weights, adapter: start,
                weighter: weighter.enabled
                    ? TokenWeighter(width: llama.width, hiddenWidth: weighter.hiddenWidth, using: &random) : nil,
                logRates: MetaLearnedModel<Float>.uniformLogRates(
                    inner.initialRate, tensors: start.tensors.count, steps: inner.steps)),
            tokenizer: tokenizer, format: TextFormat())
    }
}

extension InnerSection {
    var innerLoop: InnerLoopConfiguration {
        InnerLoopConfiguration(
            optimizer: optimizer == .sgd
                ? .sgd : .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay),
            steps: steps, truncatedSteps: firstOrder ? steps : truncatedSteps, microBatchTokens: microBatchTokens)
    }
}
