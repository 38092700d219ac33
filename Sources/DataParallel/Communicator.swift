import Tensors

/// The processes that share a run, called ranks, as one of them sees them.
///
/// Every rank makes the same calls in the same order, with as many values; each call but those of a sum's beginning
/// waits for the others. One thread at a time makes them. What is thrown says that the ranks can no longer work
/// together.
public protocol Communicator: Sendable {
    /// Which of the ranks this is, from 0.
    var rank: Int { get }
    /// How many there are.
    var size: Int { get }

    /// Replaces the values by their sums over the ranks: the same bits on each of them.
    func sum<Scalar: TensorScalar>(_ values: inout [Scalar]) throws

    /// Begins to add up values over the ranks, while the caller goes on.
    func beginSum<Scalar: TensorScalar>(_ values: [Scalar]) throws -> any PendingSum<Scalar>

    /// Replaces the values by those of rank 0.
    func broadcast<Scalar: TensorScalar>(_ values: inout [Scalar]) throws

    /// Waits until every rank has come here.
    func barrier() throws
}

/// A sum over the ranks that has begun.
public protocol PendingSum<Scalar>: Sendable {
    associatedtype Scalar: TensorScalar

    /// Waits for the sums, which can be had once.
    func finish() throws -> [Scalar]
}

extension Communicator {
    /// Which of `count` things fall to this rank: every `size`-th, so that things in the order of their cost are shared
    /// out evenly.
    public func share(of count: Int) -> StrideTo<Int> { stride(from: rank, to: count, by: size) }

    /// Replaces the tensors by their sums over the ranks.
    public func sum<Scalar>(_ tensors: inout [Tensor<Scalar>]) throws {
        try exchange(&tensors) { try sum(&$0) }
    }

    /// Replaces the tensors by those of rank 0.
    public func broadcast<Scalar>(_ tensors: inout [Tensor<Scalar>]) throws {
        try exchange(&tensors) { try broadcast(&$0) }
    }

    /// Small tensors share a message, for each message costs time. They are copied there, so it is not to be too long.
    private func exchange<Scalar>(_ tensors: inout [Tensor<Scalar>], _ body: (inout [Scalar]) throws -> Void) throws {
        guard size > 1 else { return }
        var next = 0
        while next < tensors.count {
            var end = next + 1, count = tensors[next].count
            while end < tensors.count, count + tensors[end].count <= 4_000_000 {
                count += tensors[end].count
                end += 1
            }
            let part = Array(tensors[next..<end])
            var elements = part.flattened()
            try body(&elements)
            tensors.replaceSubrange(next..<end, with: part.shaped(elements))
            next = end
        }
    }
}

extension Array {
    /// The elements of all tensors, one after the other.
    func flattened<Scalar>() -> [Scalar] where Element == Tensor<Scalar> {
        var elements: [Scalar] = []
        elements.reserveCapacity(reduce(0) { $0 + $1.count })
        for tensor in self { tensor.withUnsafeBuffer { elements.append(contentsOf: $0) } }
        return elements
    }

    /// Such elements in the shapes of these tensors.
    func shaped<Scalar>(_ elements: [Scalar]) -> [Tensor<Scalar>] where Element == Tensor<Scalar> {
        var start = 0
        return map { tensor in
            defer { start += tensor.count }
            return Tensor(elements[start..<start + tensor.count], shape: tensor.shape)
        }
    }
}

/// A run of one process, in which every sum is what it was.
public struct SingleProcess: Communicator {
    public let rank = 0
    public let size = 1

    public init() {}

    public func sum<Scalar: TensorScalar>(_ values: inout [Scalar]) {}

    public func beginSum<Scalar: TensorScalar>(_ values: [Scalar]) -> any PendingSum<Scalar> {
        FinishedSum(values: values)
    }

    public func broadcast<Scalar: TensorScalar>(_ values: inout [Scalar]) {}

    public func barrier() {}
}

private struct FinishedSum<Scalar: TensorScalar>: PendingSum {
    let values: [Scalar]

    func finish() -> [Scalar] { values }
}
