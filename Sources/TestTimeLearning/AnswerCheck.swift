import Autodiff
import LanguageModel
import Tensors

extension DocumentEncoder {
    /// Whether greedy decoding would give each question exactly its answer.
    ///
    /// Greedy decoding reproduces the answer if and only if each of its tokens is the most likely one after the correct
    /// tokens before it, so one pass over question and answer decides.
    ///
    /// - Parameter adapter: with one task for each list of questions; `nil` for the base model alone.
    public func answersGreedily(
        _ questions: [[TokenSequence]], adapter: Adapter<Tensor<Scalar>>?
    ) -> [[Bool]] {
        let transformer = Transformer<Tensor<Scalar>>(configuration: model.configuration, frozen: model.weights)
        let batch = TokenBatch(questions)
        let hidden = transformer.hiddenStates(batch, adapter: adapter?.map { Variable(constant: $0) })
        let guesses = transformer.logits(hidden.gatheringRows(batch.predictingRows)).value.argmaxOfRows()
        var right = questions.map { $0.map { _ in true } }
        for (index, row) in batch.predictingRows.enumerated() where guesses[index] != Int(batch.targets[index]) {
            let sequence = Int(row) / batch.tokens
            right[sequence / batch.segments][sequence % batch.segments] = false
        }
        return right
    }
}
