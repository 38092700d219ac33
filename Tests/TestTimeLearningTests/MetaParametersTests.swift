import Foundation
import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct MetaParametersTests {
    @Test(arguments: [TrainedBase.none, .all, .layers([1])], [true, false])
    func parametersSetAreParametersRead(_ base: TrainedBase, _ isWeighted: Bool) throws {
        var model: MetaLearnedModel<Double> = try tinyModel(isWeighted: isWeighted)
        let before = model
        let parameters = model.parameters(base: base)
        // Each becomes recognizable by its place.
        let changed = parameters.enumerated().map { Tensor(repeating: Double($0), shape: $1.shape) }
        model.setParameters(changed, base: base)
        #expect(model.parameters(base: base) == changed)
        #expect(model.parameterNames(base: base).count == parameters.count)
        let bases = (model.baseParameters, before.baseParameters)
        #expect((bases.0 == bases.1) == (base == .none))
        #expect((model.weighter != nil) == isWeighted)
        model.setParameters(parameters, base: base)
        #expect(model.parameters(base: .all) == before.parameters(base: .all))
    }

    @Test func layersOfTheBaseAreTheirWeightsAlone() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let names = model.parameterNames(base: .layers([1]))
        let trained = names.prefix { !$0.hasPrefix("base_model") }
        #expect(trained.count == 9 && trained.allSatisfy { $0.hasPrefix("model.layers.1.") })
        #expect(model.parameterNames(base: .none) == Array(names.dropFirst(9)))
    }

    @Test func namesFitTheirParameters() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let names = model.parameterNames(base: .all), values = model.parameters(base: .all)
        let named = Dictionary(uniqueKeysWithValues: zip(names, values))
        #expect(named.count == values.count)
        #expect(named["model.layers.1.mlp.down_proj.weight"] == model.weights[.map(.down, layer: 1, .weight)].tensor)
        #expect(named["lm_head.weight"] == model.weights[.head].tensor)
        let pair = try #require(model.adapter[1, .output])
        #expect(named["base_model.model.model.layers.1.self_attn.o_proj.lora_A.weight"] == pair.a)
        #expect(named["base_model.model.model.layers.1.self_attn.o_proj.lora_B.weight"] == pair.b)
        #expect(named["weighter.fc2.bias"] == model.weighter?.bias2)
        #expect(named["log_rates"] == model.logRates)
    }

    @Test func fewerStepsKeepTheFirstRates() throws {
        var model: MetaLearnedModel<Double> = try tinyModel(steps: 4)
        let rates = model.logRates
        model.setInnerSteps(2)
        #expect(model.innerLoop.steps == 2)
        #expect(model.logRates.shape == [rates.shape[0], 2])
        for tensor in 0..<rates.shape[0] { #expect(model.logRates[tensor] == rates[tensor][0..<2]) }
    }

    @Test func newStepsBeginAtHalfTheLastRate() throws {
        var model: MetaLearnedModel<Double> = try tinyModel(steps: 2)
        let rates = model.logRates
        model.setInnerSteps(4)
        #expect(model.logRates.shape == [rates.shape[0], 4])
        for tensor in 0..<rates.shape[0] {
            #expect(model.logRates[tensor][0..<2] == rates[tensor])
            for step in 2..<4 {
                let ratio = exp(model.logRates[tensor][step].item - rates[tensor][1].item)
                #expect(abs(ratio - 0.5) < 1e-15)
            }
        }
        #expect(try DocumentEncoder(model: model).encode([[TokenSequence(tokens: [1, 2, 3])]]).losses.count == 4)
    }

    @Test func precisionIsConvertedThroughout() throws {
        let fine: MetaLearnedModel<Double> = try tinyModel()
        let coarse = fine.converted(to: Float.self)
        #expect(coarse.innerLoop == fine.innerLoop && coarse.configuration == fine.configuration)
        for (found, expected) in zip(coarse.parameters(base: .all), fine.parameters(base: .all)) {
            #expect(found == expected.converted(to: Float.self))
        }
    }

    @Test func uniformRatesAreUniform() {
        let rates = MetaLearnedModel<Double>.uniformLogRates(0.01, tensors: 3, steps: 2)
        #expect(rates.shape == [3, 2])
        #expect(rates.scalars.allSatisfy { abs(exp($0) - 0.01) < 1e-15 })
    }

    @Test func theMetaGradientIsOfFirstOrderWhereEveryStepIsTruncated() {
        #expect(!InnerLoopConfiguration(steps: 4, truncatedSteps: 3).isFirstOrder)
        #expect(InnerLoopConfiguration(steps: 4, truncatedSteps: 4).isFirstOrder)
    }
}
