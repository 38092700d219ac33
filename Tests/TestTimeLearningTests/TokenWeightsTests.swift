import Foundation
import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct TokenWeightsTests {
    private let segments = tinyTasks(as: Double.self)[0].segments

    /// The loss of a document with one target is that target's cross-entropy, times its weight where there is a weighter.
    @Test func weightsAreThoseOfTheInnerLoss() throws {
        let weighted: MetaLearnedModel<Double> = try tinyModel()
        let plain: MetaLearnedModel<Double> = try tinyModel(isWeighted: false)
        let weights = try #require(
            DocumentEncoder(model: weighted).tokenWeights(of: segments, adapter: weighted.adapter))
        for (segment, weights) in zip(segments, weights) {
            #expect(weights.count == segment.targetCount)
            for (index, weight) in weights.enumerated() {
                // The sequence up to this target; attention is causal, so what follows makes no difference.
                let end = segment.firstTarget + index
                let alone = TokenSequence(tokens: Array(segment.tokens[...end]), firstTarget: end)
                let loss = try DocumentEncoder(model: weighted).encode([[alone]]).losses[0][0]
                let crossEntropy = try DocumentEncoder(model: plain).encode([[alone]]).losses[0][0]
                #expect(abs(weight - loss / crossEntropy) < 1e-10)
            }
        }
        #expect(Set(weights.joined()).count > 10)
    }

    @Test func segmentsWithoutTargetsHaveNoWeights() throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let segments = [TokenSequence(tokens: [3]), TokenSequence(tokens: [3, 4])]
        let weights = DocumentEncoder(model: model).tokenWeights(of: segments, adapter: model.adapter)
        #expect(weights?.map(\.count) == [0, 1])
    }

    @Test func aModelWithoutWeighterHasNoWeights() throws {
        let model: MetaLearnedModel<Double> = try tinyModel(isWeighted: false)
        #expect(DocumentEncoder(model: model).tokenWeights(of: segments, adapter: model.adapter) == nil)
    }
}
