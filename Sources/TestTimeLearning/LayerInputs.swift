import Autodiff
import LanguageModel
import Tensors

/// What enters the lowest adapted layer in each micro-batch of a document.
///
/// Below that layer nothing changes while a document is learned, so it is computed once and serves every inner step and the
/// second-order pass. Memory stays bounded however long the document is: the first micro-batches are kept, and the rest is
/// computed anew each time, to the same numbers.
struct LayerInputs<Scalar: TensorScalar>: Sendable {
    private let layer: Int
    private let kept: [Tensor<Scalar>]

    /// - Parameters:
    ///   - keptBytes: the most bytes that are kept.
    ///   - check: called at each micro-batch; throws to stop the work.
    init(
        of batches: MicroBatches, for model: MetaLearnedModel<Scalar>, threads: Int, keptBytes: Int = 1 << 28,
        check: @Sendable () throws -> Void = {}
    ) throws {
        layer = model.adapter.layout.lowestLayer
        var inputs: [Tensor<Scalar>] = []
        let first = layer
        try reduceInOrder(count: first == 0 ? 0 : Self.count(of: batches, within: keptBytes, model), threads: threads) {
            index in
            try check()
            let transformer: Transformer<Tensor<Scalar>> = model.frozen()
            return transformer.layerInput(first, batches[index]).value.value
        } combine: { _, input in
            inputs.append(input)
        }
        kept = inputs
    }

    /// The input of a micro-batch as a constant; `nil` where it is to be computed from the embedding on.
    subscript<Value: Carrier>(index: Int) -> LayerInput<Value>? where Value.Scalar == Scalar {
        guard index < kept.count else { return nil }
        return LayerInput(layer: layer, value: Variable(constant: Value(constant: kept[index])))
    }

    /// How many micro-batches fit.
    private static func count(
        of batches: MicroBatches, within keptBytes: Int, _ model: MetaLearnedModel<Scalar>
    ) -> Int {
        let bytesPerToken = model.configuration.width * MemoryLayout<Scalar>.size
        var bytes = 0
        return batches.prefix { batch in
            bytes += batch.ids.count * bytesPerToken
            return bytes <= keptBytes
        }.count
    }
}
