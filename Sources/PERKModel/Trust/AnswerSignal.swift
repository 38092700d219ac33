import Foundation
import LanguageModel
import Tensors

/// A figure of an answer that may tell a right one from a wrong one.
///
/// The first five cost nothing. The others take one pass over the question and its answer, with the document's adapter
/// and without it side by side: a gain is what the document made more probable.
public enum AnswerSignal: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
    /// The mean logarithm of the probabilities of the answer's tokens, its end included.
    case meanLogProbability = "mean_log_probability"
    /// The smallest of these logarithms.
    case leastLogProbability = "least_log_probability"
    /// How far the first token's logit is above the second most likely one's.
    case firstMargin = "first_margin"
    /// The logarithm of the number of the answer's tokens, its end included.
    case answerLength = "answer_length"
    /// The logarithm of the number of the document's segments.
    case documentLength = "document_length"
    /// The mean loss of the prompt's tokens, which hold the question, with the adapter.
    case questionLoss = "question_loss"
    /// The mean gain in the log-probability of the prompt's tokens.
    case questionGain = "question_gain"
    /// The least gain of a token of the prompt: very negative where the question names what the document does not.
    case leastQuestionGain = "least_question_gain"
    /// The mean gain in the log-probability of the answer's tokens.
    case answerGain = "answer_gain"

    /// Those that a confidence is made of unless told otherwise: they cost nothing, and hold for longer documents too. What
    /// each was measured to add stands in docs/confidence.md.
    public static let standard: [AnswerSignal] = [.meanLogProbability, .leastLogProbability, .firstMargin]

    /// Whether the pass over question and answer has to be made for it.
    var needsPass: Bool {
        switch self {
        case .meanLogProbability, .leastLogProbability, .firstMargin, .answerLength, .documentLength: false
        case .questionLoss, .questionGain, .leastQuestionGain, .answerGain: true
        }
    }
}

extension AnsweringModel {
    /// The values of `signals` for an answer; those of the pass are missing where the answer leaves no token for it.
    func values(
        of signals: [AnswerSignal], for generation: Generation, after request: GenerationRequest, segments: Int
    ) -> [AnswerSignal: Double] {
        let length = generation.tokens.count + (generation.stopped ? 1 : 0)
        var values: [AnswerSignal: Double] = [
            .meanLogProbability: generation.logProbability / Double(max(1, length)),
            .leastLogProbability: generation.leastLogProbability, .firstMargin: generation.firstMargin,
            .answerLength: log(Double(max(1, length))), .documentLength: log(Double(max(1, segments))),
        ]
        if signals.contains(where: \.needsPass) {
            values.merge(passValues(for: generation, after: request)) { first, _ in first }
        }
        return values.filter { signals.contains($0.key) }
    }

    private func passValues(for generation: Generation, after request: GenerationRequest) -> [AnswerSignal: Double] {
        let end = generation.stopped ? [tokenizer.eos] : []
        let tokens = (request.prompt + generation.tokens + end).prefix(learned.configuration.maximumPositions)
        let probabilities = Transformer<Tensor<Float>>(
            configuration: learned.configuration, answeringWith: learned.weights
        ).logProbabilities(of: Array(tokens), adapters: [request.adapter, nil])
        let gains = zip(probabilities[0], probabilities[1]).map { $0 - $1 }
        // The first token of the prompt is followed by the first that has a probability.
        let prompt = request.prompt.count - 1
        func mean(_ values: some Collection<Double>) -> Double {
            values.reduce(0, +) / Double(max(1, values.count))
        }
        return [
            .questionLoss: -mean(probabilities[0].prefix(prompt)), .questionGain: mean(gains.prefix(prompt)),
            .leastQuestionGain: gains.prefix(prompt).min() ?? 0, .answerGain: mean(gains.dropFirst(prompt)),
        ]
    }
}
