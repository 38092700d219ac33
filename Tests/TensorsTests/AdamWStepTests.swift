import Foundation
import Tensors
import Testing

@Suite struct AdamWStepTests {
    /// φ, m, v, and the gradient; v is a running mean of squares, so not negative.
    private struct State {
        var phi, m, v, gradient: Tensor<Double>

        init(seed: UInt64 = 1) {
            (phi, m) = (randomTensor([2, 3], seed: seed), randomTensor([2, 3], seed: seed + 1))
            v = Tensor(randomTensor([2, 3], seed: seed + 2).scalars.map { 0.5 + $0 * $0 }, shape: [2, 3])
            gradient = randomTensor([2, 3], seed: seed + 3)
        }
    }

    private static func step(rate: Double = 0.3, step: Int = 2) -> AdamWStep {
        AdamWStep(rate: rate, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-3, step: step)
    }

    @Test(arguments: [0, 1, 7]) func stepsFollowTheFormulas(_ index: Int) {
        var state = State()
        let before = state
        Self.step(step: index).advance(&state.phi, m: &state.m, v: &state.v, gradient: state.gradient)
        for (row, column) in [(0, 0), (0, 2), (1, 1)] {
            func element(_ tensor: Tensor<Double>) -> Double { tensor[row][column].item }
            let g = element(before.gradient)
            let m = 0.9 * element(before.m) + 0.1 * g, v = 0.95 * element(before.v) + 0.05 * g * g
            let steps = Double(index + 1)
            let direction = m / (1 - pow(0.9, steps)) / ((v / (1 - pow(0.95, steps)) + 1e-12).squareRoot() + 1e-3)
            let phi = element(before.phi) - 0.3 * (direction + 0.1 * element(before.phi))
            #expect(abs(element(state.m) - m) < 1e-14)
            #expect(abs(element(state.v) - v) < 1e-14)
            #expect(abs(element(state.phi) - phi) < 1e-14)
        }
    }

    @Test func theFirstStepHasTheLengthOfTheRate() {
        var phi = Tensor<Float>(zeros: [3]), m = phi, v = phi
        AdamWStep(rate: 0.5, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, step: 0)
            .advance(&phi, m: &m, v: &v, gradient: Tensor([3, -0.02, 0], shape: [3]))
        #expect(error(of: phi, from: Tensor([-0.5, 0.5, 0], shape: [3])) < 1e-6)
    }

    @Test func singlePrecisionFollowsDouble() {
        var fine = State()
        var (phi, m, v): (Tensor<Float>, Tensor<Float>, Tensor<Float>) =
            (fine.phi.converted(), fine.m.converted(), fine.v.converted())
        Self.step().advance(&phi, m: &m, v: &v, gradient: fine.gradient.converted())
        Self.step().advance(&fine.phi, m: &fine.m, v: &fine.v, gradient: fine.gradient)
        #expect(error(of: phi.converted(), from: fine.phi) < 1e-6)
        #expect(error(of: m.converted(), from: fine.m) < 1e-6)
        #expect(error(of: v.converted(), from: fine.v) < 1e-6)
    }

    @Test func thePullbackIsTheDerivative() {
        let state = State(), weights = State(seed: 11)
        /// A number that depends on all that a step leaves behind.
        func outcome(_ state: State, rate: Double = 0.3) -> Double {
            var state = state
            Self.step(rate: rate).advance(&state.phi, m: &state.m, v: &state.v, gradient: state.gradient)
            return state.phi.dot(weights.phi) + state.m.dot(weights.m) + state.v.dot(weights.v)
        }
        func expected(_ part: WritableKeyPath<State, Tensor<Double>>) -> Tensor<Double> {
            gradient(at: state[keyPath: part]) { moved in
                var other = state
                other[keyPath: part] = moved
                return outcome(other)
            }
        }
        var cotangent = weights
        let (gradientCotangent, rate) = Self.step().pullBack(
            phi: state.phi, m: state.m, v: state.v, gradient: state.gradient, phiCotangent: &cotangent.phi,
            mCotangent: &cotangent.m, vCotangent: &cotangent.v)
        #expect(error(of: cotangent.phi, from: expected(\.phi)) < 1e-8)
        #expect(error(of: cotangent.m, from: expected(\.m)) < 1e-8)
        #expect(error(of: cotangent.v, from: expected(\.v)) < 1e-8)
        #expect(error(of: gradientCotangent, from: expected(\.gradient)) < 1e-8)
        #expect(abs(rate - slope(at: 0.3) { outcome(state, rate: $0) }) < 1e-10)
    }

    @Test func copiesOfAStateNeverSeeAStep() {
        var state = State()
        let copy = state
        Self.step().advance(&state.phi, m: &state.m, v: &state.v, gradient: state.gradient)
        let original = State()
        #expect(copy.phi == original.phi && copy.m == original.m && copy.v == original.v)
        var cotangent = state
        let kept = cotangent
        _ = Self.step().pullBack(
            phi: state.phi, m: state.m, v: state.v, gradient: state.gradient, phiCotangent: &cotangent.phi,
            mCotangent: &cotangent.m, vCotangent: &cotangent.v)
        #expect(kept.phi == state.phi && kept.m == state.m && kept.v == state.v)
        #expect(cotangent.phi != kept.phi)
    }
}
