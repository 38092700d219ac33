import Autodiff
import LanguageModel
import Tensors

extension MetaLearnedModel {
    /// The mean loss of the base model alone over the targets of `sequences`: how strange a text is to it. Independent of
    /// `threads`.
    ///
    /// - Parameter check: called at each micro-batch; throws to stop the work.
    public func baseLoss(
        of sequences: [TokenSequence], threads: Int, check: @Sendable () throws -> Void = {}
    ) throws -> Double {
        let batches = MicroBatches([sequences], maximumTokens: microBatchTokens)
        let perTarget = [sequences].perTarget
        var loss = 0.0
        try reduceInOrder(count: batches.count, threads: threads) { index in
            try check()
            return Losses<Tensor<Scalar>>(model: frozen())
                .outer(batches[index], adapter: nil, perTarget: perTarget).perTask[0]
        } combine: { _, part in
            loss += part
        }
        return loss
    }

    /// The mean loss of plain language modelling on `sequences`, without an adapter, and its gradients with respect to θ
    /// in the order of the weights' names. Independent of `threads`.
    public func languageModellingGradient(
        _ sequences: [TokenSequence], threads: Int
    ) throws -> (loss: Double, gradients: [Tensor<Scalar>]) {
        let batches = MicroBatches([sequences], maximumTokens: microBatchTokens)
        let perTarget = [sequences].perTarget
        var loss = 0.0
        var gradients: [Tensor<Scalar>] = []
        try reduceInOrder(count: batches.count, threads: threads) { index in
            let tape = Tape<Tensor<Scalar>>()
            let variables = baseParameters.map { tape.variable($0) }
            let trained = ModelWeights(layout: weights.layout, values: variables.map { Weight.variable($0) })
            let part = Losses(model: Transformer(configuration: configuration, weights: trained)).outer(
                batches[index], adapter: nil, perTarget: perTarget)
            return (part.perTask[0], tape.gradients(of: part.total, for: variables))
        } combine: { _, part in
            loss += part.0
            gradients.accumulate(part.1)
        }
        return (loss, gradients)
    }
}
