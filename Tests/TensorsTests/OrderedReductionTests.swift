import Foundation
import Synchronization
import Tensors
import Testing

@Suite struct OrderedReductionTests {
    private struct Failure: Error, Equatable { let index: Int }

    @Test(arguments: 1...8) func resultsAreCombinedInOrderOnAnyNumberOfThreads(_ threads: Int) throws {
        let delays = (0..<60).map { _ in Double.random(in: 0...0.002) }
        var order: [Int] = []
        try reduceInOrder(count: 60, threads: threads) { index in
            Thread.sleep(forTimeInterval: delays[index])
            return index * index
        } combine: { index, result in
            #expect(result == index * index)
            order.append(index)
        }
        #expect(order == Array(0..<60))
    }

    @Test func roundingDoesNotDependOnThreads() throws {
        // A sum of numbers of very different size changes with the order of its terms.
        let terms = (0..<200).map { sin(Double($0)) * pow(10, Double($0 % 30) - 15) }
        let sums = try (1...8).map { threads in
            var sum = 0.0
            try reduceInOrder(count: terms.count, threads: threads) {
                terms[$0]
            } combine: {
                sum += $1
            }
            return sum
        }
        #expect(Set(sums).count == 1)
        #expect(terms.sorted().reduce(0, +) != sums[0])
    }

    @Test(arguments: [1, 4]) func noWorkMeansNoCalls(_ threads: Int) throws {
        try reduceInOrder(count: 0, threads: threads) {
            $0
        } combine: { _, _ in
            Issue.record("nothing to combine")
        }
    }

    @Test func theFirstErrorInTimeIsThrown() throws {
        let thrown = Mutex<[Int]>([])
        let failure = #expect(throws: Failure.self) {
            try reduceInOrder(count: 100, threads: 2) { index in
                if index == 0 {
                    // Waits for another index to fail, unless there is no second thread to be had.
                    let limit = Date(timeIntervalSinceNow: 2)
                    while thrown.withLock({ $0.isEmpty }) && Date() < limit { Thread.sleep(forTimeInterval: 0.01) }
                    Thread.sleep(forTimeInterval: 0.3)
                }
                thrown.withLock { $0.append(index) }
                throw Failure(index: index)
            } combine: { (_, _: Int) in
                Issue.record("nothing succeeded")
            }
        }
        #expect(try #require(failure).index == thrown.withLock { $0[0] })
    }

    @Test(arguments: [1, 3]) func anErrorEndsTheWork(_ threads: Int) {
        let begun = Mutex(0), combined = Mutex<[Int]>([])
        #expect(throws: Failure(index: 5)) {
            try reduceInOrder(count: 1000, threads: threads) { index in
                begun.withLock { $0 += 1 }
                if index == 5 { throw Failure(index: index) }
                return index
            } combine: { index, _ in
                combined.withLock { $0.append(index) }
            }
        }
        #expect(combined.withLock { $0.allSatisfy { $0 < 5 } })
        #expect(begun.withLock { $0 } <= 5 + 2 * threads)
    }

    @Test(arguments: [1, 3]) func anErrorInCombiningIsThrown(_ threads: Int) {
        var combined = 0
        #expect(throws: Failure(index: 7)) {
            try reduceInOrder(count: 1000, threads: threads) {
                $0
            } combine: { index, _ in
                if index == 7 { throw Failure(index: index) }
                combined += 1
            }
        }
        #expect(combined == 7)
    }

    @Test func fastWorkersWaitForASlowOne() throws {
        let threads = 3
        let latestBegun = Mutex(0)
        var latestWhenFirstFinished: Int?
        try reduceInOrder(count: 100, threads: threads) { index in
            latestBegun.withLock { $0 = max($0, index) }
            if index > 0 { return 0 }
            // Long enough for the others to get through all the work if nothing held them back.
            Thread.sleep(forTimeInterval: 0.2)
            return latestBegun.withLock { $0 }
        } combine: { index, result in
            if index == 0 { latestWhenFirstFinished = result }
        }
        #expect(try #require(latestWhenFirstFinished) < 2 * threads)
        #expect(latestBegun.withLock { $0 } == 99)
    }

    /// Workers beyond the allotment pause, and the sum goes on without them; they come back when there is room.
    @Test func noMoreWorkAtATimeThanTheAllotmentHas() throws {
        let allotment = ThreadAllotment(3)
        let running = Mutex(0), most = Mutex([Int: Int]())
        var order: [Int] = []
        try ThreadBudget.with(allotment) {
            try reduceInOrder(count: 60, threads: 3) { index in
                let now = running.withLock { running in
                    running += 1
                    return running
                }
                // What had begun before the allotment changed may still be running in the first pieces after it.
                let phase = index / 20
                if index % 20 >= 6 { most.withLock { $0[phase] = max($0[phase] ?? 0, now) } }
                Thread.sleep(forTimeInterval: 0.004)
                running.withLock { $0 -= 1 }
                return index
            } combine: { index, _ in
                order.append(index)
                if index == 19 { allotment.threads = 1 }
                if index == 39 { allotment.threads = 3 }
            }
        }
        #expect(order == Array(0..<60))
        #expect(most.withLock { $0[1] } == 1)
        #expect(most.withLock { ($0[0] ?? 0, $0[2] ?? 0) } <= (3, 3))
    }

    @Test func budgetsStayWithinTheAllotmentAroundThem() {
        let allotment = ThreadAllotment(4)
        ThreadBudget.with(allotment) {
            #expect(ThreadBudget.current == 4)
            ThreadBudget.with(2) {
                #expect(ThreadBudget.current == 2)
                allotment.threads = 1
                #expect(ThreadBudget.current == 1)
            }
            ThreadBudget.with(8) {
                allotment.threads = 0
                #expect(ThreadBudget.current == 1)
                allotment.threads = 3
                #expect(ThreadBudget.current == 3)
            }
        }
        #expect(ThreadBudget.current == 1)
    }
}
