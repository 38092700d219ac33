import Autodiff
import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

/// The inner loop against PyTorch's.
@Suite struct TorchInnerLoopTests {
    @Test(arguments: TorchFixture.names) func lossesStepsAndAdaptersAreThoseOfPyTorch(_ name: String) throws {
        for variant in ["", "sgd."] {
            try checkSteps(TorchFixture(name), variant, Float.self, tolerance: 1e-4)
            try checkSteps(TorchFixture(name), variant, Double.self, tolerance: 1e-6)
        }
    }

    private func checkSteps<Scalar: TensorScalar>(
        _ fixture: TorchFixture, _ variant: String, _ type: Scalar.Type, tolerance: Double
    ) throws {
        let model: MetaLearnedModel<Scalar> = try fixture.model(variant: variant)
        let task: DocumentEncoder<Scalar>.Task = try fixture.task()
        let encoding = try DocumentEncoder(model: model).encode(
            [task.segments], recording: .init(base: .none, budget: ByteBudget(bytes: 0)))
        #expect(encoding.batches.count == 2)
        let losses: Tensor<Scalar> = try fixture.expected("\(variant)inner.losses")
        let found = Tensor(encoding.losses.map { Scalar($0[0]) }, shape: [4])
        #expect(relativeError(of: found, from: losses[0..<4]) < tolerance)
        let states = [(1, encoding.trajectory.state(before: 1).adapter), (4, encoding.adapter.tensors)]
        for (index, name) in fixture.layout.names.enumerated() {
            for (step, tensors) in states {
                let expected: Tensor<Scalar> = try fixture.expected("\(variant)step\(step).\(name)")
                #expect(relativeError(of: tensors[index][0], from: expected) < tolerance, "\(variant) \(step) \(name)")
            }
            let gradient: Tensor<Scalar> = try fixture.expected("inner.grad.\(name)")
            let first = encoding.trajectory.gradients[0][index][0]
            #expect(relativeError(of: first, from: gradient) < tolerance, "\(name)")
        }
    }

    @Test(arguments: TorchFixture.names) func gradientsForWeighterAndBaseAreThoseOfPyTorch(_ name: String) throws {
        try checkGradients(TorchFixture(name), Float.self, tolerance: 1e-4)
        try checkGradients(TorchFixture(name), Double.self, tolerance: 1e-6)
    }

    private func checkGradients<Scalar: TensorScalar>(
        _ fixture: TorchFixture, _ type: Scalar.Type, tolerance: Double
    ) throws {
        let learned: MetaLearnedModel<Scalar> = try fixture.model()
        let task: DocumentEncoder<Scalar>.Task = try fixture.task()
        let tape = Tape<Tensor<Scalar>>()
        let weights = learned.weights.map { Weight.variable(tape.variable($1.tensor)) }
        let weighter = try #require(learned.weighter).map { tape.variable($0) }
        let adapter = learned.adapter.map { Variable(constant: $0) }
        let batch = TokenBatch([task.segments])
        let model = Transformer(configuration: learned.configuration, weights: weights)

        let targetRows = batch.targetRows
        let hidden = model.hiddenStates(batch, adapter: adapter)
        let tokenWeights: Tensor<Scalar> = try fixture.expected("inner.weight", shape: [27, 1])
        let found = weighter.weights(
            of: hidden.gatheringRows(targetRows), segments: targetRows.map { $0 / Int32(batch.tokens) }
        ).value
        let expected = tokenWeights.gatheringRows(targetRows).reshaped([targetRows.count])
        #expect(relativeError(of: found, from: expected) < tolerance)

        let part = Losses(model: model).inner(
            batch, adapter: adapter, weighter: weighter, perTarget: [task.segments].perTarget)
        let loss: Tensor<Scalar> = try fixture.expected("inner.loss", shape: [])
        #expect(relativeError(of: part.total.value, from: loss) < tolerance)
        let gradients = tape.gradients(of: part.total, for: weighter.tensors + weights.values.compactMap(\.variable))
        let names =
            TokenWeighter<Tensor<Scalar>>.names.map { "weighter.\($0)" } + weights.named.map { "base.\($0.name)" }
        for (name, gradient) in zip(names, gradients) {
            let expected: Tensor<Scalar> = try fixture.expected("inner.grad.\(name)")
            #expect(relativeError(of: gradient, from: expected) < tolerance, "\(name)")
        }
    }
}
