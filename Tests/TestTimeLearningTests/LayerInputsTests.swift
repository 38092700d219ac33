import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct LayerInputsTests {
    private let model: MetaLearnedModel<Float>
    private let batches: MicroBatches

    init() throws {
        model = try tinyModel(layers: [1])
        batches = MicroBatches(tinyTasks(as: Float.self).map(\.segments), maximumTokens: 12)
    }

    @Test func everyMicroBatchHasTheInputOfTheLowestAdaptedLayer() throws {
        let inputs = try LayerInputs(of: batches, for: model, threads: 2)
        let transformer = Transformer<Tensor<Float>>(configuration: model.configuration, frozen: model.weights)
        #expect(batches.count == 3)
        for (index, batch) in batches.enumerated() {
            let input: LayerInput<Tensor<Float>> = try #require(inputs[index])
            #expect(input.layer == 1)
            #expect(input.value.value == transformer.layerInput(1, batch).value.value)
        }
    }

    /// The first batch holds 2 tasks · 6 tokens of 6 Floats.
    @Test(arguments: [(0, 0), (287, 0), (288, 1), (1 << 20, 3)])
    func memoryIsBounded(_ bytes: Int, _ expected: Int) throws {
        let inputs = try LayerInputs(of: batches, for: model, threads: 1, keptBytes: bytes)
        let kept = batches.indices.filter { index in
            let input: LayerInput<Tensor<Float>>? = inputs[index]
            return input != nil
        }
        #expect(kept == Array(0..<expected))
    }

    @Test func withEveryLayerAdaptedNothingIsKept() throws {
        let inputs = try LayerInputs<Float>(of: batches, for: tinyModel(), threads: 1)
        let input: LayerInput<Tensor<Float>>? = inputs[0]
        #expect(input == nil)
    }
}
