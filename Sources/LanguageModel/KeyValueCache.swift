import Tensors

/// A sequence that is read bit by bit: what it is read with, and what is kept of the tokens read so far.
public struct ContinuedSequence<Scalar: TensorScalar> {
    /// For one task; `nil` reads with the model alone.
    public let adapter: Adapter<Tensor<Scalar>>?
    public let cache: KeyValueCache<Scalar>

    public init(adapter: Adapter<Tensor<Scalar>>?, cache: KeyValueCache<Scalar>) {
        (self.adapter, self.cache) = (adapter, cache)
    }

    /// The factors that adapt a map, if it is adapted.
    func factors(_ layer: Int, _ map: LinearMap) -> LowRankFactors<Scalar>? {
        adapter?[layer, map].map { LowRankFactors(a: $0.a, b: $0.b, scale: $0.scale) }
    }
}

/// The keys and values of the tokens of one sequence that have been read.
public final class KeyValueCache<Scalar: TensorScalar> {
    private var keys: [GrowingRows<Scalar>]
    private var values: [GrowingRows<Scalar>]

    /// The number of tokens read.
    public private(set) var length = 0

    /// - Parameter capacity: the number of tokens that there is room for at first.
    public init(for configuration: ModelConfiguration, capacity: Int = 16) {
        let width = configuration.keyValueHeads * configuration.headWidth
        keys = (0..<configuration.layers).map { _ in GrowingRows(width: width, capacity: capacity) }
        values = keys.map { _ in GrowingRows(width: width, capacity: capacity) }
    }

    /// Appends the keys and values [tokens, width] of new tokens; returns those of all tokens so far.
    func append(
        keys newKeys: Tensor<Scalar>, values newValues: Tensor<Scalar>, layer: Int
    ) -> (keys: Tensor<Scalar>, values: Tensor<Scalar>) {
        keys[layer].append(newKeys)
        values[layer].append(newValues)
        return (keys[layer].rows, values[layer].rows)
    }

    func advance(by tokens: Int) { length += tokens }

    /// Forgets the tokens from `length` on.
    public func truncate(to length: Int) {
        for layer in keys.indices {
            keys[layer].truncate(to: length)
            values[layer].truncate(to: length)
        }
        self.length = length
    }

    /// The bytes of the keys and values of so many tokens.
    public static func bytes(of tokens: Int, for configuration: ModelConfiguration) -> Int {
        2 * configuration.layers * configuration.keyValueHeads * configuration.headWidth * tokens
            * MemoryLayout<Scalar>.stride
    }
}
