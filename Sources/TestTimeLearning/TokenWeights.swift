import Autodiff
import LanguageModel
import Tensors

extension DocumentEncoder {
    /// The weight of each target of a document in the inner loss under `adapter`, by segment: what an inner step that
    /// starts there goes by. `nil` where the model has no weighter.
    ///
    /// - Parameter adapter: for one task, such as the model's own, which the first step starts from.
    public func tokenWeights(of segments: [TokenSequence], adapter: Adapter<Tensor<Scalar>>) -> [[Scalar]]? {
        guard let weighter = model.weighter?.map({ Variable(constant: $0) }) else { return nil }
        let transformer: Transformer<Tensor<Scalar>> = model.frozen()
        let adapter = adapter.map { Variable(constant: $0) }
        return segments.map { segment in
            let batch = TokenBatch([[segment]])
            guard !batch.targets.isEmpty else { return [] }
            let hidden = transformer.hiddenStates(batch, adapter: adapter)
            return weighter.weights(
                of: hidden.gatheringRows(batch.targetRows), segments: batch.targets.map { _ in 0 }
            ).value.scalars
        }
    }
}
