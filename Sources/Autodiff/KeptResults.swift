import Tensors

/// What is known of the value of an operation's result before it is computed.
///
/// A second pass over a computation in another carrier, such as one with tangents, has the values of the first pass.
public enum KnownValue<Scalar: TensorScalar> {
    /// Nothing: it is computed.
    case none
    /// The value, to the bit.
    case value(Tensor<Scalar>)
    /// Nobody reads it. Only a carrier whose results have other parts may leave it away.
    case unread
}

extension KnownValue {
    /// The same of a term whose sum with others is the result: nobody reads it where the result is known.
    var ofPart: KnownValue { if case .none = self { .none } else { .unread } }
}

/// The values of the expensive operations of one computation, in the order in which they were computed.
///
/// A first pass over plain tensors records them; a second pass over the same computation takes them in the same order and
/// computes tangents alone, to the same bits as without. What a budget of bytes leaves out, the second pass computes itself.
/// Serves one tape at a time.
public final class KeptResults<Scalar: TensorScalar>: @unchecked Sendable {
    /// By the order in which their computation began; `nil` for what was not kept.
    private var results: [Tensor<Scalar>?] = []
    private var next = 0
    private var isReplaying = false
    private let budget: ByteBudget

    public init(budget: ByteBudget) { self.budget = budget }

    deinit { budget.giveBack(bytes) }

    private var bytes: Int { results.reduce(0) { $0 + ($1.map(Self.bytes) ?? 0) } }

    private static func bytes(of tensor: Tensor<Scalar>) -> Int { tensor.count * MemoryLayout<Scalar>.stride }

    /// From here on what was recorded is taken.
    public func replay() { (isReplaying, next) = (true, 0) }

    /// The result of `compute`, which is handed the value if it is known.
    func result<Value: Carrier>(
        _ compute: (KnownValue<Scalar>) -> Value
    ) -> Value where Value.Scalar == Scalar {
        let place = next
        next += 1
        if isReplaying {
            precondition(place < results.count, "the second pass is of another computation")
            // Let go at once: nobody takes it again.
            guard let known = results[place].take() else { return compute(.none) }
            budget.giveBack(Self.bytes(of: known))
            return compute(.value(known))
        }
        results.append(nil)
        let result = compute(.none)
        if budget.take(Self.bytes(of: result.primal)) { results[place] = result.primal }
        return result
    }
}
