import DataParallel
import DataParallelSupport
import Foundation
import Tensors
import Testing

/// Two ranks that descend (x - target)² / 2, each with a target of its own, against the same in plain numbers.
@Suite struct LocalStepsTests {
    private static let targets = [3.0, -1.0]
    private static let start = 10.0
    private static let descentRate = 0.1

    private static func tensors(_ number: Double) -> [Tensor<Double>] { [Tensor(scalar: number)] }

    /// So many steps on both ranks, and where each of them is then; settled after the steps in `pauses`.
    private static func train(
        _ settings: LocalSteps<Double>.Settings, stepsPerRound: Int, steps: Int, pauses: Set<Int> = []
    ) throws -> [Double] {
        try ThreadCommunicator.run(ranks: 2) { ranks in
            var parameters = tensors(start)
            var rounds = LocalRounds(
                outer: LocalSteps(settings: settings, start: parameters), stepsPerRound: stepsPerRound,
                communicator: ranks)
            for step in 1...steps {
                let position = parameters[0].item
                parameters = tensors(position - descentRate * (position - targets[ranks.rank]))
                try rounds.finishStep(&parameters)
                if pauses.contains(step) { try rounds.settle(&parameters) }
            }
            return parameters[0].item
        }.map { try $0.get() }
    }

    /// The position after K steps from `position`.
    private static func descended(_ position: Double, steps: Int, rank: Int) -> Double {
        targets[rank] + (position - targets[rank]) * pow(1 - descentRate, Double(steps))
    }

    /// What K steps from `position` change, as a mean over the ranks.
    private static func meanChange(_ position: Double, steps: Int) -> Double {
        [0, 1].map { descended(position, steps: steps, rank: $0) - position }.reduce(0, +) / 2
    }

    @Test(arguments: [1, 2, 5], [(1.0, 0.0, 1e9), (0.7, 0.5, 1e9), (0.9, 0.8, 0.4)])
    func roundsAreOneRoundLate(_ stepsPerRound: Int, _ numbers: (rate: Double, momentum: Double, clip: Double)) throws {
        let rounds = 12
        // x[t] is where round t begins; the change of round t - 1 is applied at the end of round t.
        var x = [Self.start], m = 0.0
        for round in 0..<rounds {
            guard round > 0 else {
                x.append(x[0])
                continue
            }
            let change = Self.meanChange(x[round - 1], steps: stepsPerRound)
            let gap = 1 + abs(x[round] - x[round - 1]) / abs(change)
            m = numbers.momentum * m + change / gap
            x.append(x[round] + numbers.rate * max(-numbers.clip, min(numbers.clip, m)))
        }
        let settings = LocalSteps<Double>.Settings(
            rate: numbers.rate, momentum: numbers.momentum, clip: numbers.clip)
        // One step further, each rank is on its own way again.
        let found = try Self.train(settings, stepsPerRound: stepsPerRound, steps: rounds * stepsPerRound)
        #expect(found.allSatisfy { abs($0 - x[rounds]) < 1e-12 }, "\(found), not \(x[rounds])")
        #expect(abs(x[rounds] - 1) < abs(x[0] - 1), "nothing was learned")
        if stepsPerRound > 1 {
            let further = try Self.train(settings, stepsPerRound: stepsPerRound, steps: rounds * stepsPerRound + 1)
            for rank in 0..<2 {
                #expect(abs(further[rank] - Self.descended(x[rounds], steps: 1, rank: rank)) < 1e-12)
            }
        }
    }

    /// Without momentum, at rate 1, a settled round leaves the mean of where the ranks had come to.
    @Test(arguments: [1, 3]) func aSettledRoundIsThePlainMean(_ steps: Int) throws {
        let settings = LocalSteps<Double>.Settings(rate: 1, momentum: 0, clip: 1e9)
        let mean = [0, 1].map { Self.descended(Self.start, steps: steps, rank: $0) }.reduce(0, +) / 2
        for stepsPerRound in [steps, steps + 1] {
            let found = try Self.train(settings, stepsPerRound: stepsPerRound, steps: steps, pauses: [steps])
            #expect(found.allSatisfy { abs($0 - mean) < 1e-12 }, "\(found), not \(mean)")
        }
    }

    /// The state after a pause is all that there is: a rank that begins anew with it goes on to the same numbers.
    @Test func aSettledRunIsTakenUpAgain() throws {
        let settings = LocalSteps<Double>.Settings(rate: 0.7, momentum: 0.5, clip: 0.4)
        let found = try ThreadCommunicator.run(ranks: 2) { ranks in
            var parameters = Self.tensors(Self.start), copy = parameters
            var rounds = LocalRounds(
                outer: LocalSteps(settings: settings, start: parameters), stepsPerRound: 2, communicator: ranks)
            func descend(_ parameters: inout [Tensor<Double>], _ rounds: inout LocalRounds<Double>) throws {
                let position = parameters[0].item
                parameters = Self.tensors(position - Self.descentRate * (position - Self.targets[ranks.rank]))
                try rounds.finishStep(&parameters)
            }
            for _ in 0..<5 { try descend(&parameters, &rounds) }
            try rounds.settle(&parameters)
            copy = parameters
            var resumed = LocalRounds(
                outer: LocalSteps(settings: settings, start: copy, momentum: rounds.outer.momentum),
                stepsPerRound: 2, communicator: ranks)
            for _ in 0..<5 { try descend(&parameters, &rounds) }
            for _ in 0..<5 { try descend(&copy, &resumed) }
            return (parameters, copy)
        }.map { try $0.get() }
        for (whole, resumed) in found { #expect(whole == resumed) }
        #expect(found[0].0 != found[1].0)
    }
}
