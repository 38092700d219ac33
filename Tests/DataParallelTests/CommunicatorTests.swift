import DataParallel
import DataParallelSupport
import Tensors
import Testing

@Suite struct CommunicatorTests {
    @Test func sumsAreTheSameOnEveryRank() throws {
        let found = ThreadCommunicator.run(ranks: 3) { ranks in
            var numbers = [Float(ranks.rank), 10]
            try ranks.sum(&numbers)
            return numbers
        }
        for numbers in found { #expect(try numbers.get() == [3, 30]) }
    }

    /// Rounding shows the order: 1 is lost beside 1e17, unless it comes after its opposite.
    @Test func sumsAreTakenInTheOrderOfTheRanks() throws {
        let parts = [1e17, -1e17, 1]
        let found = ThreadCommunicator.run(ranks: 3) { ranks in
            var numbers = [parts[ranks.rank], parts[(ranks.rank + 2) % 3]]
            try ranks.sum(&numbers)
            return numbers
        }
        for numbers in found { #expect(try numbers.get() == [1, 0]) }
    }

    @Test func tensorsKeepTheirShapes() throws {
        let found = ThreadCommunicator.run(ranks: 2) { ranks in
            var tensors = [Tensor<Float>(repeating: 1, shape: [2, 3]), Tensor([Float(ranks.rank), 5], shape: [2])]
            try ranks.sum(&tensors)
            return tensors
        }
        for tensors in found {
            #expect(try tensors.get() == [Tensor(repeating: 2, shape: [2, 3]), Tensor([1, 10], shape: [2])])
        }
    }

    /// A message holds 4 million elements, unless a tensor alone has more.
    @Test func manyTensorsTakeSeveralMessages() throws {
        let counts = [3_000_000, 2_000_000, 1, 5_000_000, 2]
        let found = ThreadCommunicator.run(ranks: 2) { ranks in
            var tensors = counts.map { Tensor<Float>(repeating: Float($0), shape: [$0]) }
            try ranks.sum(&tensors)
            return tensors
        }
        for tensors in found {
            #expect(try tensors.get() == counts.map { Tensor(repeating: Float(2 * $0), shape: [$0]) })
        }
    }

    @Test func aBroadcastGivesTheNumbersOfRankZero() throws {
        let found = ThreadCommunicator.run(ranks: 3) { ranks in
            var tensors = [Tensor([Double(ranks.rank) + 7, 1], shape: [1, 2])]
            try ranks.broadcast(&tensors)
            return tensors
        }
        for tensors in found { #expect(try tensors.get() == [Tensor([7, 1], shape: [1, 2])]) }
    }

    @Test func severalSumsMayBeUnderWay() throws {
        let found = ThreadCommunicator.run(ranks: 2) { ranks in
            let first = try ranks.beginSum([Float(ranks.rank)]), second = try ranks.beginSum([Float(2)])
            var third = [1.5]
            try ranks.sum(&third)
            return try second.finish() + first.finish() + third.map { Float($0) }
        }
        for numbers in found { #expect(try numbers.get() == [4, 1, 3]) }
    }

    @Test func aRankThatLeavesIsNotWaitedFor() {
        struct Failure: Error {}
        let found = ThreadCommunicator.run(ranks: 2) { ranks in
            if ranks.rank == 1 { throw Failure() }
            try ranks.barrier()
        }
        #expect(throws: RankGone.self) { try found[0].get() }
        #expect(throws: Failure.self) { try found[1].get() }
    }

    @Test func sharesCoverEverythingOnce() {
        let shares = ThreadCommunicator.run(ranks: 3) { Array($0.share(of: 8)) }.compactMap { try? $0.get() }
        #expect(shares == [[0, 3, 6], [1, 4, 7], [2, 5]])
        #expect(Array(SingleProcess().share(of: 3)) == [0, 1, 2])
    }

    @Test func aProcessOfItsOwnKeepsItsNumbers() throws {
        let alone = SingleProcess()
        var tensors = [Tensor<Float>([1, 2], shape: [2])]
        try alone.sum(&tensors)
        try alone.broadcast(&tensors)
        #expect(tensors == [Tensor([1, 2], shape: [2])])
        #expect(try alone.beginSum([Float(3)]).finish() == [3])
    }
}
