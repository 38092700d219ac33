import Autodiff
import Foundation
import LanguageModel
import SeededRandom
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct TokenWeighterTests {
    private let documents = tinyTasks(as: Double.self).map(\.segments)

    @Test(arguments: [
        // softplus₃(0) = log 2 / 3, 1 / (1 + 1), exp(0), and Φ(1), since GELU begins at 1.
        (TokenWeighting.Nonlinearity.softplus, log(2) / 3), (.sigmoid, 0.5), (.exponential, 1),
        (.gelu, 0.841_344_746_068_542_9),
    ])
    func aFreshWeighterTreatsAllTokensAlike(_ nonlinearity: TokenWeighting.Nonlinearity, _ weight: Double) throws {
        var model: MetaLearnedModel<Double> = try tinyModel()
        model.weighter = nil
        let plain = try DocumentEncoder(model: model).encode(documents).losses[0]
        for isNormalized in [false, true] {
            var random = RandomSource(seed: 1)
            let weighting = TokenWeighting(nonlinearity: nonlinearity, isNormalized: isNormalized)
            guard weighting.isPossible else { continue }
            model.weighter = TokenWeighter(width: 6, hiddenWidth: 4, weighting: weighting, using: &random)
            let weighted = try DocumentEncoder(model: model).encode(documents).losses[0]
            for (found, expected) in zip(weighted, plain) {
                #expect(abs(found / expected - (isNormalized ? 1 : weight)) < 1e-11)
            }
        }
    }

    /// Of three segments, one of a single token, whose order in the list does not matter.
    @Test func normalizedWeightsAreThoseOverTheirSegmentsMean() throws {
        var model: MetaLearnedModel<Double> = try tinyModel(
            weighting: TokenWeighting(nonlinearity: .exponential, isNormalized: true))
        var random = RandomSource(seed: 5)
        let hidden = Tensor<Double>(normal: [6, 6], standardDeviation: 1, using: &random)
        let segments: [Int32] = [4, 0, 0, 4, 2, 0]
        func weights() throws -> [Double] {
            try #require(model.weighter).map { Variable(constant: $0) }
                .weights(of: Variable(constant: hidden), segments: segments).value.scalars
        }
        let normalized = try weights()
        model.weighter?.weighting.isNormalized = false
        let plain = try weights()
        for (index, segment) in segments.enumerated() {
            let own = segments.indices.filter { segments[$0] == segment }
            let mean = own.reduce(0) { $0 + plain[$1] } / Double(own.count)
            #expect(abs(normalized[index] - plain[index] / mean) < 1e-10)
        }
        #expect(abs(normalized[4] - 1) < 1e-10)
    }

    @Test func weightsThatAllVanishDivideByNothing() throws {
        let model: MetaLearnedModel<Float> = try tinyModel(
            weighting: TokenWeighting(nonlinearity: .exponential, isNormalized: true))
        var weighter = try #require(model.weighter)
        weighter.bias2 = Tensor([-1e4], shape: [1])
        let weights = weighter.map { Variable(constant: $0) }.weights(
            of: Variable(constant: Tensor(zeros: [2, 6])), segments: [0, 0])
        #expect(weights.value.scalars == [0, 0])
    }

    /// The targets of a batch taken two or seven at a time, as under a trained head, where a run may end within a segment.
    @Test(arguments: [false, true], [22, 77])
    func runsOfTargetsGiveTheSameLosses(_ isNormalized: Bool, _ logitsAtOnce: Int) throws {
        let model: MetaLearnedModel<Double> = try tinyModel(weighting: TokenWeighting(isNormalized: isNormalized))
        func gradients(_ logitsAtOnce: Int?) throws -> (tensors: [Tensor<Double>], perTask: [Double]) {
            let tape = Tape<Tensor<Double>>()
            let weighter = try #require(model.weighter).map { tape.variable($0) }
            let adapter = model.adapter.map { tape.variable($0.repeatedTasks(2)) }
            var losses = Losses<Tensor<Double>>(model: model.training(.all) { tape.variable($0) }.transformer)
            #expect(losses.model.trainsHead)
            if let logitsAtOnce { losses.logitsAtOnce = logitsAtOnce }
            let part = losses.inner(
                TokenBatch(documents), adapter: adapter, weighter: weighter, perTarget: documents.perTarget)
            return (tape.gradients(of: part.total, for: adapter.tensors + weighter.tensors), part.perTask)
        }
        let whole = try gradients(nil), runs = try gradients(logitsAtOnce)
        for (found, expected) in zip(runs.perTask, whole.perTask) { #expect(abs(found - expected) < 1e-13) }
        for (found, expected) in zip(runs.tensors, whole.tensors) {
            #expect(relativeError(of: found, from: expected) < 1e-12)
        }
    }
}
