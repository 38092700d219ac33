import LanguageModel
import SeededRandom
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct LanguageModellingTests {
    private let sequences = tinyTasks(2, as: Double.self).flatMap(\.segments)

    @Test(arguments: [true, false]) func gradientsAreSlopesOfTheLoss(_ isTied: Bool) throws {
        let model: MetaLearnedModel<Double> = try tinyModel(isTied: isTied)
        let (_, gradients) = try model.languageModellingGradient(sequences, threads: 1)
        #expect(gradients.map(\.shape) == model.weights.values.map(\.shape))
        var random = RandomSource(seed: 1)
        for (index, gradient) in gradients.enumerated() {
            let direction = Tensor<Double>(normal: gradient.shape, standardDeviation: 0.1, using: &random)
            func loss(_ distance: Double) throws -> Double {
                var parameters = model.parameters(.meta(base: .all)), other = model
                parameters.values[index].add(direction, scaledBy: distance)
                other.setParameters(parameters, .meta(base: .all))
                return try other.languageModellingGradient(sequences, threads: 1).loss
            }
            let step = 1e-3
            let slope = try (8 * (loss(step) - loss(-step)) - (loss(2 * step) - loss(-2 * step))) / (12 * step)
            let scale = (gradient.dot(gradient) * direction.dot(direction)).squareRoot()
            #expect(abs(slope - gradient.dot(direction)) < 1e-7 * scale, "\(model.weights.named[index].name)")
        }
    }

    @Test func theLossIsTheMeanOverAllTargets() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let whole = try model.languageModellingGradient(sequences, threads: 1).loss
        var sum = 0.0
        for sequence in sequences {
            sum += try model.languageModellingGradient([sequence], threads: 1).loss * Double(sequence.targetCount)
        }
        #expect(abs(whole - sum / Double(sequences.reduce(0) { $0 + $1.targetCount })) < 1e-12)
    }

    /// Whatever the batches are, and however many threads share them.
    @Test func baseLossIsThatOfPlainLanguageModelling() throws {
        let model: MetaLearnedModel<Double> = try tinyModel(microBatchTokens: 7)
        let loss = try model.baseLoss(of: sequences, threads: 1)
        #expect(try abs(loss - model.languageModellingGradient(sequences, threads: 1).loss) < 1e-12)
        #expect(try model.baseLoss(of: sequences, threads: 3) == loss)
    }

    @Test func threadsDoNotChangeABit() throws {
        let model: MetaLearnedModel<Float> = try tinyModel(microBatchTokens: 7)
        let one = try model.languageModellingGradient(sequences, threads: 1)
        for threads in [2, 3] {
            let many = try model.languageModellingGradient(sequences, threads: threads)
            #expect(many.loss == one.loss && many.gradients == one.gradients)
        }
    }
}
