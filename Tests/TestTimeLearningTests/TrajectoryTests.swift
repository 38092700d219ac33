import Foundation
import LanguageModel
import SeededRandom
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct TrajectoryTests {
    static let configurations = [
        InnerLoopConfiguration(),
        InnerLoopConfiguration(adamW: .init(beta1: 0, beta2: 0.5, epsilon: 0.1, weightDecay: 0)),
        InnerLoopConfiguration(optimizer: .sgd),
    ]

    @Test(arguments: [1, 2, 4, 5, 16, 17], configurations)
    func statesOnTheWayAreHadAgainExactly(_ steps: Int, _ configuration: InnerLoopConfiguration) {
        var random = RandomSource(seed: 1)
        func drawn() -> [Tensor<Float>] {
            [[1, 3, 2], [1, 4]].map { Tensor(normal: $0, standardDeviation: 1, using: &random) }
        }
        let logRates = Tensor<Float>(normal: [2, steps], standardDeviation: 0.3, using: &random)
        var trajectory = Trajectory(
            start: drawn(), steps: steps, optimizer: InnerOptimizer(configuration, logRates: logRates),
            isKept: true)
        var met: [InnerState<Float>] = [], gradients: [[Tensor<Float>]] = []
        for _ in 0..<steps {
            met.append(trajectory.current)
            gradients.append(drawn())
            trajectory.advance(gradients[gradients.count - 1])
        }
        for step in (0..<steps).reversed() {
            let state = trajectory.state(before: step)
            #expect(state.adapter == met[step].adapter)
            #expect(state.m == met[step].m)
            #expect(state.v == met[step].v)
        }
        #expect(trajectory.gradients == gradients)
        #expect(Set(met.map { $0.adapter[0][0][0][0].item }).count == steps, "every step moves")
    }

    @Test func theRateBelongsToTensorAndStep() {
        let logRates = Tensor<Double>((0..<6).map { Double($0) }, shape: [3, 2])
        let optimizer = InnerOptimizer<Double>(InnerLoopConfiguration(optimizer: .sgd), logRates: logRates)
        var state = InnerState<Double>(adapter: (0..<3).map { _ in Tensor(zeros: [1]) })
        optimizer.advance(&state, gradients: (0..<3).map { _ in Tensor(repeating: 1, shape: [1]) }, step: 1)
        for (index, tensor) in state.adapter.enumerated() {
            #expect(abs(tensor[0].item / -exp(Double(2 * index + 1)) - 1) < 1e-14)
        }
    }
}

/// Where AdamW's slope lets the meta-gradient explode, and that the defaults stay away from there.
@Suite struct AdamWSlopeTests {
    /// The norms of the meta-gradient of all A and of all B.
    private func norms(standardDeviationOfB: Double, _ innerLoop: InnerLoopConfiguration) throws -> (Double, Double) {
        var model: MetaLearnedModel<Double> = try tinyModel(adamW: innerLoop.adamW, rate: 0.05)
        var random = RandomSource(seed: 4)
        model.adapter = Adapter(
            layout: model.adapter.layout, standardDeviationOfB: standardDeviationOfB, using: &random)
        let gradients = try DocumentEncoder(model: model).metaGradient(tinyTasks()).gradients.adapter
        func norm(_ start: Int) -> Double {
            stride(from: start, to: gradients.count, by: 2).reduce(0) { $0 + gradients[$1].dot(gradients[$1]) }
                .squareRoot()
        }
        return (norm(0), norm(1))
    }

    @Test func aZeroBMakesTheMetaGradientExplode() throws {
        let sharp = InnerLoopConfiguration(adamW: .init(epsilon: 1e-8))
        let zero = try norms(standardDeviationOfB: 0, sharp), small = try norms(standardDeviationOfB: 0.02, .init())
        #expect(zero.1 > 1000 * small.1)
        #expect(small.1 < 100 * small.0)
    }

    @Test func theDefaultEpsilonIsFarBelowTheFirstGradients() throws {
        let defaults = InnerLoopConfiguration()
        #expect(defaults.optimizer == .adamW)
        #expect(defaults.adamW.beta1 == 0.9 && defaults.adamW.beta2 == 0.95 && defaults.adamW.weightDecay == 0.01)
        #expect(defaults.adamW.epsilon == 1e-6)
        var model: MetaLearnedModel<Double> = try tinyModel()
        var random = RandomSource(seed: 4)
        model.adapter = Adapter(layout: model.adapter.layout, standardDeviationOfB: 0.02, using: &random)
        let first = try DocumentEncoder(model: model).encode(
            tinyTasks(as: Double.self).map(\.segments),
            recording: .init(base: .none, budget: ByteBudget(bytes: 0))
        )
        .trajectory.gradients[0]
        for gradient in first {
            #expect((gradient.dot(gradient) / Double(gradient.count)).squareRoot() > 100 * defaults.adamW.epsilon)
        }
    }
}
