import DataParallel
import Foundation
import Tensors

/// A rank left the run, so the others would wait for it in vain.
public struct RankGone: Error, Equatable {
    public let rank: Int
}

/// Ranks that are threads of this process. Sums are taken in the order of the ranks, so they do not depend on timing.
public struct ThreadCommunicator: Communicator {
    public let rank: Int
    public let size: Int
    private let exchange: Exchange

    /// Runs `body` on so many ranks at once.
    ///
    /// - Returns: what each of them came to, in their order.
    public static func run<Output: Sendable>(
        ranks: Int, _ body: @escaping @Sendable (ThreadCommunicator) throws -> Output
    ) -> [Result<Output, any Error>] {
        let exchange = Exchange(size: ranks), outputs = Outputs<Output>(), done = DispatchGroup()
        for rank in 0..<ranks {
            done.enter()
            Thread.detachNewThread {
                let result = Result { try body(ThreadCommunicator(rank: rank, size: ranks, exchange: exchange)) }
                exchange.leave(rank)
                outputs.set(result, at: rank)
                done.leave()
            }
        }
        done.wait()
        return outputs.inOrder
    }

    public func sum<Scalar: TensorScalar>(_ values: inout [Scalar]) throws {
        values = try beginSum(values).finish()
    }

    public func beginSum<Scalar: TensorScalar>(_ values: [Scalar]) throws -> any PendingSum<Scalar> {
        let number = exchange.offer(values.map { Double($0) }, from: rank)
        return PendingThreadSum<Scalar>(rank: rank, number: number, exchange: exchange)
    }

    public func broadcast<Scalar: TensorScalar>(_ values: inout [Scalar]) throws {
        try sum(&values, onlyOfRank: 0)
    }

    public func barrier() throws {
        var nothing: [Float] = []
        try sum(&nothing)
    }

    private func sum<Scalar: TensorScalar>(_ values: inout [Scalar], onlyOfRank root: Int) throws {
        if rank != root { values = values.map { _ in 0 } }
        try sum(&values)
    }
}

private struct PendingThreadSum<Scalar: TensorScalar>: PendingSum {
    let rank, number: Int
    let exchange: Exchange

    func finish() throws -> [Scalar] { try exchange.sums(number).map { Scalar($0) } }
}

/// What the ranks have put in, by the number of the call. Every access happens under `condition`.
private final class Exchange: @unchecked Sendable {
    private let condition = NSCondition()
    private let size: Int
    private var offers: [Int: [Int: [Double]]] = [:]
    private var calls: [Int: Int] = [:]
    private var gone: Set<Int> = []

    init(size: Int) { self.size = size }

    /// - Returns: the number of this call, which counts those of a rank.
    func offer(_ values: [Double], from rank: Int) -> Int {
        condition.withLock {
            let number = calls[rank, default: 0]
            calls[rank] = number + 1
            offers[number, default: [:]][rank] = values
            condition.broadcast()
            return number
        }
    }

    func sums(_ number: Int) throws -> [Double] {
        try condition.withLock {
            while offers[number]?.count != size {
                if let rank = gone.first(where: { offers[number]?[$0] == nil }) { throw RankGone(rank: rank) }
                condition.wait()
            }
            let parts = (0..<size).compactMap { offers[number]?[$0] }
            precondition(parts.allSatisfy { $0.count == parts[0].count }, "ranks with different numbers of values")
            return parts.dropFirst().reduce(parts[0]) { zip($0, $1).map(+) }
        }
    }

    func leave(_ rank: Int) {
        condition.withLock {
            gone.insert(rank)
            condition.broadcast()
        }
    }
}

/// The ranks' results. Every access happens under `lock`.
private final class Outputs<Output>: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Int: Result<Output, any Error>] = [:]

    func set(_ result: Result<Output, any Error>, at rank: Int) { lock.withLock { results[rank] = result } }

    var inOrder: [Result<Output, any Error>] {
        lock.withLock { results.sorted { $0.key < $1.key }.map(\.value) }
    }
}
