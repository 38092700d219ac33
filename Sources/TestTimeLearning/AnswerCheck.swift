import Autodiff
import LanguageModel
import Tensors

/// How a model does on a question whose answer is known.
public struct AnswerCheck: Sendable, Equatable {
    /// Whether greedy decoding would give exactly the answer.
    public var isReproduced: Bool
    /// The mean cross-entropy of the answer's tokens; 0 for an answer without any.
    public var loss: Double
}

extension DocumentEncoder {
    /// Checks each question's answer.
    ///
    /// Greedy decoding reproduces the answer if and only if each of its tokens is the most likely one after the correct
    /// tokens before it, so one pass over question and answer decides.
    ///
    /// - Parameter adapter: with one task for each list of questions; `nil` for the base model alone.
    public func checks(
        _ questions: [[TokenSequence]], adapter: Adapter<Tensor<Scalar>>?
    ) -> [[AnswerCheck]] {
        let transformer = Transformer<Tensor<Scalar>>(configuration: model.configuration, frozen: model.weights)
        let batch = TokenBatch(questions)
        let hidden = transformer.hiddenStates(batch, adapter: adapter?.map { Variable(constant: $0) })
        let logits = transformer.logits(hidden.gatheringRows(batch.predictingRows)).value
        let guesses = logits.argmaxOfRows(), losses = logits.crossEntropy(targets: batch.targets).losses.scalars
        var checks = questions.map { $0.map { _ in AnswerCheck(isReproduced: true, loss: 0) } }
        for (index, row) in batch.predictingRows.enumerated() {
            let sequence = Int(row) / batch.tokens
            let (task, question) = sequence.quotientAndRemainder(dividingBy: batch.segments)
            if guesses[index] != Int(batch.targets[index]) { checks[task][question].isReproduced = false }
            checks[task][question].loss += Double(losses[index]) / Double(questions[task][question].targetCount)
        }
        return checks
    }
}
