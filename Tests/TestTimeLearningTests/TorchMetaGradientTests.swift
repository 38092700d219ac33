import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

/// The meta-gradient against the one that PyTorch computes through the unrolled inner loop.
@Suite struct TorchMetaGradientTests {
    /// Exact, with the first two steps truncated, with all steps truncated, and exact under gradient descent.
    static let variants = ["", "truncated2.", "first_order.", "sgd."]

    @Test(arguments: TorchFixture.names, variants)
    func metaGradientsAreThoseOfPyTorch(_ name: String, _ variant: String) throws {
        // Single precision has little room here: PyTorch's own is off by up to 6e-5, as reference.json says, since AdamW
        // is steep where a gradient is small and magnifies the rounding of the step before.
        try check(TorchFixture(name), variant, Float.self, tolerance: 1e-4)
        try check(TorchFixture(name), variant, Double.self, tolerance: 1e-6)
    }

    private func check<Scalar: TensorScalar>(
        _ fixture: TorchFixture, _ variant: String, _ type: Scalar.Type, tolerance: Double
    ) throws {
        let model: MetaLearnedModel<Scalar> = try fixture.model(variant: variant)
        let found = try DocumentEncoder(model: model).metaGradient([try fixture.task()], base: .all)
        let outerLoss: Tensor<Scalar> = try fixture.expected("\(variant == "sgd." ? variant : "")outer.loss", shape: [])
        #expect(abs(found.outerLoss / Double(outerLoss.item) - 1) < tolerance)

        let adapted = fixture.layout.names
        func compare(_ group: String, _ names: [String], _ gradients: [Tensor<Scalar>]) throws {
            #expect(names.count == gradients.count)
            for (name, gradient) in zip(names, gradients) {
                let expected: Tensor<Scalar> = try fixture.expected("meta.\(variant)\(group).\(name)")
                #expect(relativeError(of: gradient, from: expected) < tolerance, "\(group) \(name)")
            }
        }
        try compare("adapter", adapted, found.gradients.adapter.map { $0[0] })
        try compare("weighter", TokenWeighter<Tensor<Scalar>>.names, found.gradients.weighter)
        let logRates = try #require(found.gradients.logRates)
        try compare("lograte", adapted, adapted.indices.map { logRates[$0] })
        try compare("base", model.weights.named.map(\.name), found.gradients.base)
    }

    @Test func leavingOutTheBaseChangesNothingElse() throws {
        let model: MetaLearnedModel<Double> = try TorchFixture("llama-tied").model()
        let task: DocumentEncoder<Double>.Task = try TorchFixture("llama-tied").task()
        let whole = try DocumentEncoder(model: model).metaGradient([task], base: .all)
        let part = try DocumentEncoder(model: model).metaGradient([task])
        #expect(part.gradients.base.isEmpty)
        let others = whole.gradients.values[whole.gradients.base.count...]
        #expect(part.gradients.values.count == others.count && whole.gradients.base.count == model.weights.named.count)
        for (found, expected) in zip(part.gradients.values, others) {
            #expect(relativeError(of: found, from: expected) < 1e-12)
        }
    }
}
