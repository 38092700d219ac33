import Foundation
import Tensors
import Testing

@Suite struct CausalSoftmaxTests {
    @Test(arguments: [(4, 4), (2, 5), (1, 7), (1, 1)]) func queriesSeeNoLaterKey(_ queries: Int, _ keys: Int) {
        let x: Tensor<Double> = randomTensor([3, 2, queries, keys], seed: 1)
        let (scores, single) = (x.scalars, x.converted(to: Float.self).causalSoftmax())
        let p = x.causalSoftmax()
        let expected = (0..<p.count).map { index in
            let (row, key) = (index / keys, index % keys)
            let visible = keys - queries + row % queries + 1
            guard key < visible else { return 0.0 }
            return exp(scores[index]) / (0..<visible).reduce(0) { $0 + exp(scores[row * keys + $1]) }
        }
        #expect(error(of: p, from: Tensor(expected, shape: x.shape)) < 1e-14)
        #expect(error(of: single.converted(), from: p) < 1e-6)
        #expect(zip(expected, p.scalars).allSatisfy { ($0 == 0) == ($1 == 0) })
    }

    /// By keys that are left out by hand.
    @Test(arguments: [1, 2, 3, 9]) func windowsHideEarlierKeys(window: Int) {
        let x: Tensor<Double> = randomTensor([2, 4, 6], seed: 4)
        var scores = x.scalars
        for index in scores.indices where index % 6 + window < 6 - 4 + index / 6 % 4 + 1 { scores[index] = -1e300 }
        let expected = Tensor(scores, shape: x.shape).causalSoftmax(), found = x.causalSoftmax(window: window)
        #expect(error(of: found, from: expected) < 1e-15)
        let single = x.converted(to: Float.self).causalSoftmax(window: window)
        #expect(error(of: single.converted(), from: found) < 1e-6)
    }

    @Test func hugeScoresNeitherOverflowNorVanish() {
        let p = Tensor<Float>([3e38, 3e38, -3e38, 1e4, 9_999, 9_998], shape: [2, 1, 3]).causalSoftmax().scalars
        let sum = 1 + exp(-1.0) + exp(-2.0)
        let expected = [0.5, 0.5, 0, 1 / sum, exp(-1.0) / sum, exp(-2.0) / sum]
        #expect(error(of: p.map { Double($0) }, from: expected) < 1e-6)
    }

    @Test func notANumberSpoilsItsRowAlone() {
        for position in 0..<9 {
            var scores = [Float](repeating: 1, count: 18)
            scores[position] = .nan
            let p = Tensor(scores, shape: [2, 1, 9]).causalSoftmax()
            #expect(p[0].scalars.allSatisfy { $0.isNaN })
            #expect(p[1].isFinite)
        }
    }

    @Test func thePullbackIsTheDerivative() {
        let x: Tensor<Double> = randomTensor([2, 1, 5], seed: 2), g: Tensor<Double> = randomTensor([2, 1, 5], seed: 3)
        let expected = gradient(at: x) { $0.causalSoftmax().dot(g) }
        #expect(error(of: x.causalSoftmax().softmaxPullback(g), from: expected) < 1e-10)
    }
}

@Suite struct CrossEntropyTests {
    private static let targets: [Int32] = [4, 0, 6]

    @Test func lossesFollowTheDefinition() {
        let logits: Tensor<Double> = randomTensor([3, 7], seed: 1)
        let (losses, p) = logits.crossEntropy(targets: Self.targets)
        let (single, singleP) = logits.converted(to: Float.self).crossEntropy(targets: Self.targets)
        for row in 0..<3 {
            let x = logits[row].scalars, sum = x.reduce(0) { $0 + exp($1) }
            #expect(abs(losses[row].item - (log(sum) - x[Int(Self.targets[row])])) < 1e-14)
            #expect(error(of: p[row].scalars, from: x.map { exp($0) / sum }) < 1e-14)
        }
        #expect(error(of: single.converted(), from: losses) < 1e-6)
        #expect(error(of: singleP.converted(), from: p) < 1e-6)
    }

    @Test func hugeLogitsGiveExactLosses() {
        func check<Scalar: TensorScalar>(_ type: Scalar.Type) {
            let logits = Tensor<Scalar>([1e5, -1e5, 0, 3e4, 3e4, -1e30], shape: [3, 2])
            let (losses, p) = logits.crossEntropy(targets: [1, 0, 0])
            #expect(error(of: losses.scalars.map { Double($0) }, from: [2e5, 3e4, 0]) < 1e-12)
            #expect(error(of: p.scalars.map { Double($0) }, from: [1, 0, 0, 1, 1, 0]) < 1e-12)
        }
        check(Double.self)
        check(Float.self)
    }

    @Test func logitsThatAreNotFiniteGiveNoFiniteLoss() {
        for bad in [Float.nan, .infinity] {
            let (losses, _) = Tensor([0, bad, 1, 0, 1, 2], shape: [2, 3]).crossEntropy(targets: [0, 0])
            #expect(!losses[0].isFinite)
            #expect(losses[1].isFinite)
        }
    }

    @Test func thePullbackIsTheDerivative() {
        let logits: Tensor<Double> = randomTensor([3, 7], seed: 2), factors: Tensor<Double> = randomTensor([3], seed: 3)
        let expected = gradient(at: logits) { $0.crossEntropy(targets: Self.targets).losses.dot(factors) }
        let (_, p) = logits.crossEntropy(targets: Self.targets)
        let found = p.crossEntropyPullback(targets: Self.targets, factors: factors)
        #expect(error(of: found, from: expected) < 1e-10)
    }

    @Test func noRowsGiveNoLosses() {
        let (losses, p) = Tensor<Float>(zeros: [0, 7]).crossEntropy(targets: [])
        #expect(losses.shape == [0] && p.shape == [0, 7])
    }
}
