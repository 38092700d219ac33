import Autodiff
import SeededRandom
import Tensors
import Testing

@testable import LanguageModel

/// The model against PyTorch, and what must not change its results.
@Suite struct LlamaTests {
    @Test(arguments: TorchFixture.names) func logitsAreThoseOfTransformersAndPEFT(_ name: String) throws {
        let fixture = try TorchFixture(name)
        try check(fixture, Float.self, tolerance: 1e-5)
        try check(fixture, Double.self, tolerance: 2e-7)
    }

    private func check<Scalar: TensorScalar>(
        _ fixture: TorchFixture, _ type: Scalar.Type, tolerance: Double
    ) throws {
        let model: Transformer<Tensor<Scalar>> = try fixture.model()
        let batch = TokenBatch([try fixture.segments()])
        let lengths = try fixture.segments().map(\.tokens.count)
        for (kind, adapter) in [("base", nil), ("adapter", try fixture.adapter(type).constants())] {
            let hidden = model.hiddenStates(batch, adapter: adapter)
            let logits = model.logits(hidden).value
            let expected: Tensor<Scalar> = try fixture.expected("logits.\(kind)")
            // What stands at padding is nobody's business.
            for (segment, length) in lengths.enumerated() {
                let found = logits.reshaped(expected.shape)[segment][0..<length]
                #expect(relativeError(of: found, from: expected[segment][0..<length]) < tolerance, "\(kind)")
            }
            guard kind == "adapter" else { continue }
            let states: Tensor<Scalar> = try fixture.expected("hidden.adapter")
            #expect(relativeError(of: hidden.value[0][0..<lengths[0]], from: states[0]) < tolerance)
        }
    }

    private let fixture: TorchFixture
    private let model: Transformer<Tensor<Double>>
    private let adapter: Adapter<Tensor<Double>>

    init() throws {
        fixture = try TorchFixture("llama-tied")
        model = try fixture.model()
        adapter = try fixture.adapter()
    }

    private func hidden(_ tasks: [[TokenSequence]], _ adapter: Adapter<Tensor<Double>>?) -> Tensor<Double> {
        model.hiddenStates(TokenBatch(tasks), adapter: adapter?.constants()).value
    }

    @Test func segmentsDoNotSeeEachOther() throws {
        let segments = try fixture.segments()
        let together = hidden([segments], adapter).reshaped([3, 9, 32])
        for (index, segment) in segments.enumerated() {
            let alone = hidden([[segment]], adapter)[0]
            #expect(relativeError(of: together[index][0..<segment.tokens.count], from: alone) < 1e-12)
        }
    }

    @Test func tokensDoNotSeeLaterOnes() throws {
        let tokens = try fixture.segments()[0].tokens
        let whole = hidden([[TokenSequence(tokens: tokens)]], adapter)[0]
        let changed = hidden([[TokenSequence(tokens: tokens.dropLast(3) + [1, 2, 3])]], adapter)[0]
        #expect(relativeError(of: changed[0..<6], from: whole[0..<6]) < 1e-12)
        #expect(relativeError(of: changed[6..<9], from: whole[6..<9]) > 1e-2)
    }

    @Test func everyTaskHasTheAdapterOfItsOwn() throws {
        let segments = try fixture.segments()
        let other = adapter.map { $0.scaled(by: -1.5) }
        let tasks = [[segments[0], segments[1]], [segments[2]]]
        let together = hidden(tasks, .joined([adapter, other])).reshaped([2, 2, 9, 32])
        #expect(relativeError(of: together[0][0], from: hidden([[segments[0]]], adapter)[0]) < 1e-12)
        #expect(relativeError(of: together[1][0][0..<5], from: hidden([[segments[2]]], other)[0]) < 1e-12)
        #expect(relativeError(of: together[1][0][0..<5], from: hidden([[segments[2]]], adapter)[0]) > 1e-2)
    }

    @Test func anAdapterIsTheSumOfWeightAndLowRankProduct() throws {
        let scale = fixture.layout.scale
        #expect(scale == 8 / 2)
        let weights = try fixture.weights(Double.self)
        let merged = weights.map { name, weight in
            let module = "base_model.model.\(name.dropLast(".weight".count))."
            guard let index = fixture.layout.names.firstIndex(where: { $0.hasPrefix(module) }) else { return weight }
            let product = Tensor.product(adapter.tensors[index + 1][0], adapter.tensors[index][0], scale: scale)
            return StoredWeight.dense(weight.tensor + product)
        }
        let tasks = [try fixture.segments()]
        func states(_ weights: ModelWeights<StoredWeight<Double>>, _ adapter: Adapter<Tensor<Double>>?) -> Tensor<
            Double
        > {
            Transformer<Tensor<Double>>(configuration: fixture.configuration, frozen: weights)
                .hiddenStates(TokenBatch(tasks), adapter: adapter?.constants()).value
        }
        #expect(relativeError(of: states(merged, nil), from: states(weights, adapter)) < 1e-11)
        #expect(relativeError(of: states(weights, nil), from: states(weights, adapter)) > 1e-2)
    }

    @Test func freshWeightsHaveTheStatedDeviations() {
        var random = RandomSource(seed: 1)
        let weights = ModelWeights<StoredWeight<Double>>(initializing: fixture.configuration, using: &random)
        #expect(weights.named.map(\.name).count == 1 + 2 * 9 + 1)
        for (name, stored) in weights.named {
            let weight = stored.tensor
            let deviation = (weight.dot(weight) / Double(weight.count)).squareRoot()
            let parts = [
                "norm": 1, "embed": 0.02, "o_proj": 1 / (32 * 4.0).squareRoot(), "down": 1 / (56 * 4.0).squareRoot(),
            ]
            let expected = parts.first { name.contains($0.key) }?.value ?? 1 / 32.0.squareRoot()
            #expect(abs(deviation / expected - 1) < 0.15, "\(name)")
        }
    }
}
