import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

/// A base model that stays quantized in memory, against the same numbers as a dense one.
@Suite struct QuantizedBaseTests {
    private let tasks: [DocumentEncoder<Double>.Task] = tinyTasks()

    /// A model whose matrices are in 16 bits.
    private func quantizedModel(layers: [Int]? = nil) throws -> MetaLearnedModel<Double> {
        var model: MetaLearnedModel<Double> = try tinyModel(layers: layers)
        model.weights = model.weights.map { _, weight in
            guard weight.shape.count == 2 else { return weight }
            return .quantized(QuantizedMatrix(quantizing: weight.tensor.converted(), as: .bfloat16))
        }
        return model
    }

    private func dense(_ model: MetaLearnedModel<Double>) -> MetaLearnedModel<Double> {
        var dense = model
        dense.baseParameters = model.baseParameters
        return dense
    }

    @Test(arguments: [nil, [1]] as [[Int]?]) func theMetaGradientIsThatOfADenseBase(_ layers: [Int]?) throws {
        let model = try quantizedModel(layers: layers)
        let found = try DocumentEncoder(model: model).metaGradient(tasks)
        let expected = try DocumentEncoder(model: dense(model)).metaGradient(tasks)
        #expect(abs(found.outerLoss - expected.outerLoss) < 1e-12)
        for (one, other) in found.gradients.zip(expected.gradients).values {
            #expect(relativeError(of: one, from: other) < 1e-9)
        }
    }

    @Test func settingTheBaseLeavesNothingQuantized() throws {
        let model = dense(try quantizedModel())
        for weight in model.weights.values {
            guard case .dense = weight else {
                Issue.record("a quantized weight of shape \(weight.shape)")
                return
            }
        }
    }

    @Test func trainingTheQuantizedBaseWorksOnItsNumbers() throws {
        let model = try quantizedModel()
        let found = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        let expected = try DocumentEncoder(model: dense(model)).metaGradient(tasks, base: .all)
        #expect(found.gradients.base == expected.gradients.base)
    }
}
