import Autodiff
import SeededRandom
import Tensors
import Testing

@testable import LanguageModel

/// Every family, from every kind of file, against transformers and PEFT.
@Suite struct FamilyTests {
    @Test(arguments: FamilyFixture.names) func logitsAreThoseOfTransformersAndPEFT(_ name: String) throws {
        let fixture = try FamilyFixture(name)
        try checkLogits(fixture, Float.self, tolerance: 2e-5)
        try checkLogits(fixture, Double.self, tolerance: 1e-6)
    }

    private func checkLogits<Scalar: TensorScalar>(
        _ fixture: FamilyFixture, _ type: Scalar.Type, tolerance: Double
    ) throws {
        let transformer = fixture.transformer(type)
        let sequences = try fixture.sequences()
        let batch = TokenBatch([sequences])
        let rows = sequences.indices.flatMap { sequence in
            (0..<sequences[sequence].tokens.count).map { Int32(sequence * batch.tokens + $0) }
        }
        for (kind, adapter) in [("base", nil), ("adapter", try fixture.adapter(type).constants())] {
            let hidden = transformer.hiddenStates(batch, adapter: adapter)
            let logits = transformer.logits(hidden.gatheringRows(rows)).value
            let expected: Tensor<Scalar> = try fixture.expected("logits.\(kind)")
            #expect(relativeError(of: logits, from: expected) < tolerance, "\(kind)")
        }
    }

    @Test(arguments: FamilyFixture.names) func gradientsAreThoseOfTransformersAndPEFT(_ name: String) throws {
        let fixture = try FamilyFixture(name)
        try checkGradients(fixture, Float.self, tolerance: 1e-4)
        try checkGradients(fixture, Double.self, tolerance: 1e-6)
    }

    private func checkGradients<Scalar: TensorScalar>(
        _ fixture: FamilyFixture, _ type: Scalar.Type, tolerance: Double
    ) throws {
        let transformer = fixture.transformer(type)
        let batch = TokenBatch([try fixture.sequences()])
        let tape = Tape<Tensor<Scalar>>()
        let adapter = try fixture.adapter(type).map { tape.variable($0) }
        let hidden = transformer.hiddenStates(batch, adapter: adapter)
        let losses = transformer.crossEntropies(hidden.gatheringRows(batch.predictingRows), targets: batch.targets)
        let share = Tensor(repeating: 1 / Scalar(batch.targets.count), shape: [batch.targets.count])
        let loss = losses.rowProducts(Variable(constant: share))
        let expectedLoss: Tensor<Scalar> = try fixture.expected("loss.adapter")
        #expect(relativeError(of: loss.value.reshaped([1]), from: expectedLoss) < tolerance)
        let gradients = tape.gradients(of: loss, for: adapter.tensors)
        for (name, gradient) in zip(adapter.layout.names, gradients) {
            let expected: Tensor<Scalar> = try fixture.expected("gradient.\(name)")
            #expect(relativeError(of: gradient[0], from: expected) < tolerance, "\(name)")
        }
    }

    @Test(arguments: FamilyFixture.names) func greedyTokensAreThoseOfTransformers(_ name: String) throws {
        let fixture = try FamilyFixture(name)
        let expected = try fixture.integers("greedy.tokens")
        let generation = try fixture.transformer(Float.self).generate(
            after: fixture.integers("greedy.prompt"), adapter: fixture.adapter(), endTokens: [], limit: expected.count)
        #expect(generation.tokens == expected)
        let answering = Transformer(configuration: fixture.configuration, answeringWith: fixture.model.weights)
        let answer = try answering.generate(
            after: fixture.integers("greedy.prompt"), adapter: fixture.adapter(), endTokens: [], limit: expected.count)
        #expect(answer.tokens == expected)
        #expect(abs(answer.logProbability - generation.logProbability) < 1e-3)
    }

    /// What enters a layer, computed once, leads to the same hidden states as going through all layers.
    @Test(arguments: FamilyFixture.names) func goingOnFromALayerGivesTheSame(_ name: String) throws {
        let fixture = try FamilyFixture(name)
        let transformer = fixture.transformer(Float.self)
        let batch = TokenBatch([try fixture.sequences()])
        let top = fixture.configuration.layers - 1
        let layout = AdapterLayout(
            rank: 2, alpha: 2, rankStabilized: false, layers: [top], configuration: fixture.configuration)
        #expect(layout.lowestLayer == top)
        var random = RandomSource(seed: 1)
        let adapter = Adapter<Tensor<Float>>(layout: layout, standardDeviationOfB: 0.3, using: &random).constants()
        let whole = transformer.hiddenStates(batch, adapter: adapter).value
        let input = transformer.layerInput(top, batch)
        #expect(transformer.hiddenStates(batch, from: input, adapter: adapter).value == whole)
        #expect(transformer.hiddenStates(batch, adapter: nil).value != whole)
    }
}
