import Autodiff
import Tensors

/// The keys and values of the tokens already read in one generation.
///
/// For inference only: what comes out of it is constant.
public final class KeyValueCache<Value: Carrier> {
    private var keys: [GrowingRows<Value.Scalar>]
    private var values: [GrowingRows<Value.Scalar>]

    /// The number of tokens read.
    public private(set) var length = 0

    public init(for configuration: ModelConfiguration) {
        let width = configuration.keyValueHeads * configuration.headWidth
        keys = (0..<configuration.layers).map { _ in GrowingRows(width: width) }
        values = (0..<configuration.layers).map { _ in GrowingRows(width: width) }
    }

    /// Appends the keys and values [1, tokens, width] of new tokens; returns those of all tokens so far.
    func append(
        keys newKeys: Variable<Value>, values newValues: Variable<Value>, layer: Int
    ) -> (keys: Variable<Value>, values: Variable<Value>) {
        precondition(newKeys.value.primal.shape[0] == 1, "a cache serves one sequence")
        keys[layer].append(newKeys.value.primal)
        values[layer].append(newValues.value.primal)
        return (constant(keys[layer].rows), constant(values[layer].rows))
    }

    func advance(by tokens: Int) { length += tokens }

    private func constant(_ rows: Tensor<Value.Scalar>) -> Variable<Value> {
        Variable(constant: Value(constant: rows.reshaped([1] + rows.shape)))
    }
}
