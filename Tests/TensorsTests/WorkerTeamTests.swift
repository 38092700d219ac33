import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite struct WorkerTeamTests {
    /// How often each part was taken, in `jobs` jobs of a team one after the other.
    private func counts(parts: Int, threads: Int, team: WorkerTeam, jobs: Int = 1) -> [Int] {
        let counts = Tensor<Double>(zeros: [parts])
        for _ in 0..<jobs { team.run(parts: parts, threads: threads) { counts.start[$0] += 1 } }
        return counts.scalars.map { Int($0) }
    }

    @Test(arguments: [1, 2, 3, 7]) func everyPartIsTakenOnce(threads: Int) {
        let team = WorkerTeam(workers: 3)
        for parts in [0, 1, 2, 5, 64, 70_000] {
            #expect(counts(parts: parts, threads: threads, team: team) == [Int](repeating: 1, count: parts))
        }
        #expect(counts(parts: 9, threads: threads, team: team, jobs: 20_000) == [Int](repeating: 20_000, count: 9))
    }

    @Test func workersThatSleepAreWoken() {
        let team = WorkerTeam(workers: 2)
        for _ in 0..<20 {
            // Each part waits until the others have begun, which takes a thread for each.
            let begun = Atomic(0)
            team.run(parts: 3, threads: 3) { _ in
                begun.add(1, ordering: .relaxed)
                while begun.load(ordering: .relaxed) < 3 { Thread.sleep(forTimeInterval: 1e-4) }
            }
            Thread.sleep(forTimeInterval: 2e-3)
        }
    }

    @Test func theBudgetBoundsTheThreads() {
        let team = WorkerTeam(workers: 7)
        let running = Atomic(0)
        let most = Atomic(0)
        team.run(parts: 40, threads: 3) { _ in
            let now = running.add(1, ordering: .relaxed).newValue
            most.max(now, ordering: .relaxed)
            Thread.sleep(forTimeInterval: 1e-3)
            running.subtract(1, ordering: .relaxed)
        }
        #expect(most.load(ordering: .relaxed) <= 3)
    }

    @Test func aJobWithinAJobIsDoneAlone() {
        let team = WorkerTeam(workers: 3)
        let taken = Atomic(0)
        team.run(parts: 10, threads: 4) { _ in
            team.run(parts: 10, threads: 4) { _ in taken.add(1, ordering: .relaxed) }
        }
        #expect(taken.load(ordering: .relaxed) == 100)
    }

    @Test func severalCallersShareATeam() {
        let team = WorkerTeam(workers: 2)
        let sums = Tensor<Double>(zeros: [4])
        DispatchQueue.concurrentPerform(iterations: 4) { caller in
            for _ in 0..<2000 {
                let parts = Tensor<Double>(zeros: [5])
                team.run(parts: 5, threads: 3) { parts.start[$0] = Double($0) }
                sums.start[caller] += parts.scalars.reduce(0, +)
            }
        }
        #expect(sums.scalars == [20_000, 20_000, 20_000, 20_000])
    }

    @Test func aBudgetEndsWithItsBody() {
        #expect(ThreadBudget.current == 1)
        ThreadBudget.with(4) {
            #expect(ThreadBudget.current == 4)
            ThreadBudget.with(0) { #expect(ThreadBudget.current == 1) }
        }
        #expect(ThreadBudget.current == 1)
    }
}
