import Foundation
import ModelFiles
import SeededRandom
import Tensors
import Testing

@testable import LanguageModel

@Suite struct AdapterTests {
    private let configuration: ModelConfiguration

    init() throws { configuration = try TorchFixture("llama-untied").configuration }

    private func layout(_ maps: [LinearMap] = LinearMap.allCases, stabilized: Bool = false) -> AdapterLayout {
        AdapterLayout(rank: 4, alpha: 8, rankStabilized: stabilized, maps: maps, configuration: configuration)
    }

    private func freshAdapter(_ layout: AdapterLayout, seed: UInt64 = 1) -> Adapter<Tensor<Float>> {
        var random = RandomSource(seed: seed)
        return Adapter(layout: layout, standardDeviationOfB: 0.05, using: &random)
    }

    @Test func theScaleFollowsTheRank() {
        #expect(layout().scale == 2)
        #expect(layout(stabilized: true).scale == 4)
    }

    @Test func tensorsAreNamedAndShapedAsInPEFT() {
        let layout = layout([.down, .key])
        #expect(
            layout.names.prefix(4) == [
                "base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight",
                "base_model.model.model.layers.0.self_attn.k_proj.lora_B.weight",
                "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight",
                "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight",
            ])
        #expect(layout.shapes.prefix(4) == [[4, 24], [8, 4], [4, 40], [24, 4]])
        #expect(layout.names.count == 12 && layout.entries.count == 6)
        #expect(layout.parameterCount == 3 * 4 * (24 + 8 + 40 + 24))
    }

    @Test func mapsWithoutAnAdapterHaveNone() throws {
        let adapter = freshAdapter(layout([.down, .key]))
        let pair = try #require(adapter[1, .down])
        #expect(pair.a == adapter.tensors[6] && pair.b == adapter.tensors[7] && pair.scale == 2)
        #expect(adapter[2, .key]?.a == adapter.tensors[8])
        #expect(adapter[1, .query] == nil)
        #expect(adapter[3, .key] == nil)
        #expect(freshAdapter(layout([]))[0, .key] == nil)
    }

    @Test func aFreshAdapterHasTheStatedDeviations() {
        let adapter = freshAdapter(layout())
        #expect(adapter.tensors.map(\.shape) == adapter.layout.shapes.map { [1] + $0 })
        func deviation(_ tensors: [Tensor<Float>]) -> Double {
            let sum = tensors.reduce(0) { $0 + $1.dot($1) }
            return (sum / Double(tensors.reduce(0) { $0 + $1.count })).squareRoot()
        }
        let (a, b) = (0, 1)
        let parts = [a, b].map { part in
            stride(from: part, to: adapter.tensors.count, by: 2).map { adapter.tensors[$0] }
        }
        for width in [24, 40] {
            #expect(abs(deviation(parts[a].filter { $0.width == width }) - 1 / Double(width).squareRoot()) < 0.015)
        }
        #expect(abs(deviation(parts[b]) - 0.05) < 0.003)
        #expect(freshAdapter(layout()).tensors == adapter.tensors)
        #expect(freshAdapter(layout(), seed: 2).tensors != adapter.tensors)
    }

    @Test func aWrittenAdapterIsReadBack() throws {
        let adapter = freshAdapter(layout())
        let file = try SafeTensorsFile(data: SafeTensorsWriter(tensors: adapter.written()).serialized())
        #expect(file.names == adapter.layout.names.sorted())
        #expect(try file.entry(adapter.layout.names[0]).shape == [4, 24])
        #expect(try Adapter<Tensor<Float>>(reading: file, layout: adapter.layout).tensors == adapter.tensors)
        let fine = try Adapter<Tensor<Double>>(reading: file, layout: adapter.layout)
        #expect(fine.tensors == adapter.tensors.map { $0.converted() })
    }

    @Test func linearMapsHaveTheShapesOfTheirWeights() throws {
        let maps = configuration.family.maps, query = [24, 24]
        #expect(
            maps.map { $0.shape(in: configuration) } == [
                query, [8, 24], [8, 24], query, [40, 24], [40, 24], [24, 40],
            ])
        #expect(
            maps.map(\.shortName) == [
                "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
            ])
    }
}

@Suite struct WeightFilesTests {
    private let configuration: ModelConfiguration
    private let weights: ModelWeights<StoredWeight<Float>>

    init() throws {
        configuration = try TorchFixture("llama-untied").configuration
        var random = RandomSource(seed: 1)
        weights = ModelWeights(initializing: configuration, using: &random)
    }

    private func file(_ tensors: [SafeTensorsTensor]) throws -> SafeTensorsFile {
        try SafeTensorsFile(data: SafeTensorsWriter(tensors: tensors).serialized(), file: "model.safetensors")
    }

    @Test func writtenWeightsAreReadBack() throws {
        let file = try file(weights.written())
        let read = try ModelWeights(huggingFace: SafeTensorsModel(file: file), configuration: configuration)
        #expect(read.named.map(\.name) == weights.named.map(\.name))
        #expect(read.values.map(\.tensor) == weights.values.map(\.tensor))
        #expect(read.find(.head) != nil)
    }

    /// GPT-2's matrices stand in their files as [in, out].
    @Test(arguments: ["gpt2-tied", "gpt2-untied", "llama-mha", "qwen2-tied"])
    func writtenWeightsAreThoseOfTransformers(_ name: String) throws {
        let model = try FamilyFixture(name).model
        let path = FamilyFixture.folder.appendingPathComponent("\(name)/model.safetensors").path
        let recorded = try SafeTensorsFile(path: path)
        let written = model.weights.written()
        #expect(written.map(\.name).sorted() == recorded.names)
        for tensor in written {
            #expect(try tensor.shape == recorded.entry(tensor.name).shape)
            #expect(try tensor.scalars == .floats(recorded.floats(tensor.name)), "\(tensor.name)")
        }
        let read = try ModelWeights(
            huggingFace: SafeTensorsModel(file: file(written)), configuration: model.configuration)
        #expect(read.values.map(\.tensor) == model.weights.values.map(\.tensor))
    }

    @Test func weightsOfAnotherShapeAreRefused() throws {
        let other = weights.written().map { tensor in
            tensor.name == "model.norm.weight"
                ? SafeTensorsTensor(name: tensor.name, Tensor<Float>(zeros: [25])) : tensor
        }
        let failure = #expect(throws: WeightMismatch.self) {
            try ModelWeights(huggingFace: SafeTensorsModel(file: file(other)), configuration: configuration)
        }
        #expect(failure?.description.hasPrefix("model.safetensors: model.norm.weight has shape [25]") == true)
    }

    @Test func weightsThatAreNotFiniteAreRefused() throws {
        let broken = weights.written().map { tensor in
            tensor.name == "model.norm.weight"
                ? SafeTensorsTensor(name: tensor.name, Tensor<Float>(repeating: .nan, shape: [24])) : tensor
        }
        let failure = #expect(throws: WeightMismatch.self) {
            try ModelWeights(huggingFace: SafeTensorsModel(file: file(broken)), configuration: configuration)
        }
        #expect(failure?.problem.contains("not finite") == true)
    }

    @Test func missingWeightsAreNamed() throws {
        let partial = weights.written().filter { $0.name != "lm_head.weight" }
        let failure = #expect(throws: SafeTensorsError.self) {
            try ModelWeights(huggingFace: SafeTensorsModel(file: file(partial)), configuration: configuration)
        }
        #expect(failure?.tensor == "lm_head.weight")
    }

    @Test func tiedWeightsHaveNoHead() throws {
        let tied = try TorchFixture("llama-tied").configuration
        #expect(WeightLayout(tied).position(of: .head) == nil)
        #expect(!WeightLayout(tied).entries.contains { $0.name == "lm_head.weight" })
    }
}
