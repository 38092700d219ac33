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
        let parameters = model.parameters(.meta(base: base))
        // Each becomes recognizable by its place.
        let changed = parameters.replacingValues(
            by: parameters.values.enumerated().map { Tensor(repeating: Double($0), shape: $1.shape) })
        model.setParameters(changed, .meta(base: base))
        #expect(model.parameters(.meta(base: base)) == changed)
        #expect(model.parameterNames(.meta(base: base)).hasForm(of: parameters))
        let bases = (model.baseParameters, before.baseParameters)
        #expect((bases.0 == bases.1) == (base == .none))
        #expect((model.weighter != nil) == isWeighted)
        model.setParameters(parameters, .meta(base: base))
        #expect(model.parameters(.meta(base: .all)) == before.parameters(.meta(base: .all)))
    }

    @Test func layersOfTheBaseAreTheirWeightsAlone() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let names = model.parameterNames(.meta(base: .layers([1]))).values
        let trained = names.prefix { !$0.hasPrefix("base_model") }
        #expect(trained.count == 9 && trained.allSatisfy { $0.hasPrefix("model.layers.1.") })
        #expect(model.parameterNames(.meta(base: .none)).values == Array(names.dropFirst(9)))
    }

    @Test func namesFitTheirParameters() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let values = model.parameters(.meta(base: .all))
        let named = Dictionary(
            uniqueKeysWithValues: model.parameterNames(.meta(base: .all)).zip(values).values.map { ($0, $1) })
        #expect(named.count == values.values.count)
        #expect(named["model.layers.1.mlp.down_proj.weight"] == model.weights[.map(.down, layer: 1, .weight)].tensor)
        #expect(named["lm_head.weight"] == model.weights[.head].tensor)
        let pair = try #require(model.adapter[1, .output])
        #expect(named["base_model.model.model.layers.1.self_attn.o_proj.lora_A.weight"] == pair.a)
        #expect(named["base_model.model.model.layers.1.self_attn.o_proj.lora_B.weight"] == pair.b)
        #expect(named["weighter.fc2.bias"] == model.weighter?.bias2)
        #expect(named["log_rates"] == model.logRates)
    }

    /// The order that files and sums keep, and what base training changes.
    @Test func groupsStandOneAfterTheOther() throws {
        let tree = MetaParameters(base: [1, 2], adapter: [3], weighter: [4, 5], logRates: 6)
        #expect(tree.values == Array(1...6) && tree.map { 10 * $0 }.weighter == [40, 50])
        #expect(ParameterGroup.allCases.map { tree[$0] } == [[1, 2], [3], [4, 5], [6]])
        #expect(tree.perGroup { "\($0)" }.values.prefix(3) == ["base", "base", "adapter"])
        #expect(tree.zip(tree.map { -$0 }).values.allSatisfy { $0 == -$1 })
        #expect(!tree.hasForm(of: MetaParameters(base: [1], adapter: [2, 3], weighter: [4, 5], logRates: 6)))
        var model: MetaLearnedModel<Double> = try tinyModel()
        let (before, start) = (model.parameters(.baseModel), model.parameters(.meta(base: .none)))
        #expect(before.values == model.baseParameters && before.base == before.values)
        model.setParameters(before.map { $0.scaled(by: 2) }, .baseModel)
        #expect(model.baseParameters == before.values.map { $0.scaled(by: 2) })
        #expect(model.parameters(.meta(base: .none)) == start)
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
        for (found, expected) in zip(
            coarse.parameters(.meta(base: .all)).values, fine.parameters(.meta(base: .all)).values)
        {
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
