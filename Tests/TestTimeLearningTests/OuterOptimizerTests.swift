import Foundation
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct OuterOptimizerTests {
    /// Updates made by torch.optim.AdamW (Fixtures/torch/record_adamw.py).
    private struct Recorded: Decodable {
        let beta1, beta2, epsilon: Double
        let weightDecays, rates: [Double]
        let start: [[Double]]
        let gradients, parameters: [[[Double]]]
    }

    private let recorded: Recorded

    init() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        recorded = try decoder.decode(
            Recorded.self, from: Data(contentsOf: TorchFixture.folder.appendingPathComponent("adamw.json")))
    }

    private func tensors<Scalar: TensorScalar>(
        _ values: [[Double]], as type: Scalar.Type
    ) -> MetaParameters<Tensor<Scalar>> {
        MetaParameters(base: values.map { list in Tensor(list.map { Scalar($0) }, shape: [list.count]) })
    }

    private func settings<Scalar>(_ step: Int) -> MetaParameters<OuterOptimizer<Scalar>.Settings> {
        MetaParameters(base: recorded.weightDecays.map { .init(rate: recorded.rates[step], weightDecay: $0) })
    }

    @Test func updatesAreThoseOfPyTorch() {
        check(Double.self, tolerance: 1e-9)
        check(Float.self, tolerance: 1e-5)
    }

    private func check<Scalar: TensorScalar>(_ type: Scalar.Type, tolerance: Double) {
        var parameters = tensors(recorded.start, as: type)
        var optimizer = OuterOptimizer(for: parameters)
        #expect(optimizer.beta1 == recorded.beta1 && optimizer.beta2 == recorded.beta2)
        #expect(optimizer.epsilon == recorded.epsilon)
        for step in recorded.rates.indices {
            optimizer.update(
                &parameters, gradients: tensors(recorded.gradients[step], as: type), settings: settings(step))
            for (found, expected) in parameters.zip(tensors(recorded.parameters[step], as: type)).values {
                #expect(relativeError(of: found, from: expected) < tolerance, "update \(step)")
            }
        }
        #expect(optimizer.updates == recorded.rates.count)
    }

    @Test func anOptimizerTakenUpAgainGoesOnExactly() {
        var parameters = tensors(recorded.start, as: Double.self), others = parameters
        var whole = OuterOptimizer(for: parameters), part = whole
        for step in recorded.rates.indices {
            let gradients = tensors(recorded.gradients[step], as: Double.self)
            whole.update(&parameters, gradients: gradients, settings: settings(step))
            part = OuterOptimizer(m: part.m, v: part.v, updates: part.updates)
            part.update(&others, gradients: gradients, settings: settings(step))
        }
        #expect(others == parameters)
        #expect(part.m == whole.m && part.v == whole.v && part.updates == whole.updates)
    }
}

@Suite struct GradientClippingTests {
    @Test func theCommonNormIsLimited() {
        var gradients = [Tensor<Double>([3, 0], shape: [2]), Tensor([4, 12], shape: [1, 2])]
        #expect(clipGlobalNorm(&gradients, to: 6.5) == 13)
        #expect(gradients.map(\.scalars) == [[1.5, 0], [2, 6]])
        for limit in [6.5, 100] {
            #expect(clipGlobalNorm(&gradients, to: limit) == 6.5)
            #expect(gradients.map(\.scalars) == [[1.5, 0], [2, 6]], "what is within the limit stays as it is")
        }
    }

    @Test func normsBeyondSinglePrecisionAreStillFinite() {
        var gradients = [Tensor<Float>([3e30, -4e30], shape: [2])]
        #expect(abs(clipGlobalNorm(&gradients, to: 1) / 5e30 - 1) < 1e-6)
        #expect(relativeError(of: gradients[0], from: Tensor([0.6, -0.8], shape: [2])) < 1e-6)
    }

    @Test(arguments: [Float.nan, .infinity]) func aNormThatIsNotFiniteIsReported(_ bad: Float) {
        var gradients = [Tensor([1, bad], shape: [2])]
        #expect(!clipGlobalNorm(&gradients, to: 1).isFinite)
    }
}

@Suite struct RateScheduleTests {
    @Test func aWarmUpIsFollowedByHalfACosine() {
        let schedule = RateSchedule(peak: 2, warmUpSteps: 4, totalSteps: 100, finalFraction: 0.1)
        // Peak · warm-up · (0.1 + 0.9·(1 + cos(π·step/100))/2), at 0, 1/4, 1/3, 1/2, 2/3 of the way and after it.
        let expected = [
            (0, 0.5), (25, 2 * (0.1 + 0.45 * (1 + 0.5.squareRoot()))), (50, 1.1),
            (75, 2 * (0.1 + 0.45 * (1 - 0.5.squareRoot()))),
            (100, 0.2), (1000, 0.2),
        ]
        for (step, rate) in expected { #expect(abs(schedule.rate(at: step) - rate) < 1e-12, "step \(step)") }
        let risen = (0..<5).map { schedule.rate(at: $0) / 2 }
        #expect(zip(risen, [0.25, 0.5, 0.75, 1, 1]).allSatisfy { abs($0 - $1) < 5e-3 })
    }

    @Test func theFractionThirdsAreExact() {
        let schedule = RateSchedule(peak: 1, warmUpSteps: 0, totalSteps: 3, finalFraction: 0)
        let found = (0...3).map { schedule.rate(at: $0) }
        #expect(zip(found, [1, 0.75, 0.25, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func noStepsAndNoWarmUpAreNoTrap() {
        let schedule = RateSchedule(peak: 1, warmUpSteps: 0, totalSteps: 0, finalFraction: 0.5)
        #expect(schedule.rate(at: 0) == 1)
        #expect(schedule.rate(at: 5) == 0.5)
    }
}
