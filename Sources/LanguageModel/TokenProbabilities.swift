import Autodiff
import Tensors

extension Transformer where Value == Tensor<Float> {
    /// The natural logarithms of the probabilities of the tokens of a text, but for its first, each after those before
    /// it: for each adapter a list of `tokens.count` - 1. All of them in one pass, so that the weights are read once.
    ///
    /// - Parameters:
    ///   - tokens: no more than the model has positions; at least two.
    ///   - adapters: each for one task; `nil` reads with the model alone.
    public func logProbabilities(of tokens: [Int], adapters: [Adapter<Tensor<Float>>?]) -> [[Double]] {
        precondition(tokens.count >= 2, "a first token, and one that follows")
        let sequences = adapters.map {
            ContinuedSequence(adapter: $0, cache: KeyValueCache(for: configuration, capacity: tokens.count))
        }
        let hidden = hiddenStates(continuing: sequences, with: adapters.map { _ in tokens })
        return sequences.indices.map { index in
            let rows = (0..<tokens.count - 1).map { Int32(index * tokens.count + $0) }
            let losses = crossEntropies(hidden.gatheringRows(rows), targets: tokens.dropFirst().map(Int32.init))
            return losses.value.scalars.map { -Double($0) }
        }
    }
}
