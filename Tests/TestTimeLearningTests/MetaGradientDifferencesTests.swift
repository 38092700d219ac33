import Autodiff
import LanguageModel
import SeededRandom
import Tensors
import Testing

@testable import TestTimeLearning

/// The meta-gradient against differences of the outer loss, through the whole inner loop, in double precision.
///
/// Two tasks with different numbers of segments, several micro-batches, grouped-query attention, four inner steps.
@Suite struct MetaGradientDifferencesTests {
    private typealias Model = MetaLearnedModel<Double>
    private let tasks: [DocumentEncoder<Double>.Task] = tinyTasks()

    /// The outer loss after the inner loop, in which the first steps take the gradients `held`, whatever the model is.
    private func outerLoss(_ model: Model, held: ArraySlice<[Tensor<Double>]> = []) throws -> Double {
        let transformer = Transformer<Tensor<Double>>(configuration: model.configuration, frozen: model.weights)
        let adapter =
            held.isEmpty
            ? try DocumentEncoder(model: model).encode(tasks.map(\.segments)).adapter
            : adapter(model, transformer, held: held)
        let questions = tasks.map(\.questions)
        let part = Losses(model: transformer).outer(
            TokenBatch(questions), adapter: adapter.map { Variable(constant: $0) }, perTarget: questions.perTarget)
        return part.perTask.reduce(0, +) / Double(tasks.count)
    }

    private func adapter(
        _ model: Model, _ transformer: Transformer<Tensor<Double>>, held: ArraySlice<[Tensor<Double>]>
    ) -> Adapter<Tensor<Double>> {
        let documents = tasks.map(\.segments)
        var state = InnerState(adapter: model.adapter.tensors.map { $0.repeatedTasks(documents.count) })
        let optimizer = InnerOptimizer(model.innerLoop, logRates: model.logRates)
        for step in 0..<model.innerLoop.steps {
            let tape = Tape<Tensor<Double>>()
            let variables = Adapter(layout: model.adapter.layout, tensors: state.adapter.map { tape.variable($0) })
            let loss = Losses(model: transformer).inner(
                TokenBatch(documents), adapter: variables,
                weighter: model.weighter?.map { Variable(constant: $0) }, perTarget: documents.perTarget
            ).total
            let gradients = step < held.count ? held[step] : tape.gradients(of: loss, for: variables.tensors)
            optimizer.advance(&state, gradients: gradients, step: step)
        }
        return Adapter(layout: model.adapter.layout, tensors: state.adapter)
    }

    /// How far the slope of `outerLoss` along a direction in the parameters `range` is from what the gradients say, relative to
    /// the latter. The direction is random, but for as much of the gradient itself as keeps the slope from vanishing.
    private func slopeError(
        _ model: Model, _ tree: MetaParameters<Tensor<Double>>, _ range: Range<Int>,
        _ outerLoss: (Model) throws -> Double
    ) rethrows -> Double {
        var random = RandomSource(seed: 3)
        let gradients = tree.values
        let norm = gradients[range].reduce(0) { $0 + $1.dot($1) }.squareRoot()
        let noise = gradients[range].map { Tensor<Double>(normal: $0.shape, standardDeviation: 1, using: &random) }
        let noiseNorm = noise.reduce(0) { $0 + $1.dot($1) }.squareRoot()
        let direction = zip(gradients[range], noise).map { $0.scaled(by: 1 / norm) + $1.scaled(by: 0.5 / noiseNorm) }
        let expected = zip(gradients[range], direction).reduce(0) { $0 + $1.0.dot($1.1) }
        func loss(after distance: Double) throws -> Double {
            var parameters = model.parameters(.meta(base: .all))
            for (index, step) in zip(range, direction) { parameters.values[index].add(step, scaledBy: distance) }
            var other = model
            // In one piece, which is faster and must not matter.
            other.innerLoop.microBatchTokens = 1000
            other.setParameters(parameters, .meta(base: .all))
            return try outerLoss(other)
        }
        let step = 1e-5
        let near = try loss(after: step) - loss(after: -step), far = try loss(after: 2 * step) - loss(after: -2 * step)
        let slope = (8 * near - far) / (12 * step)
        return abs(slope / expected - 1)
    }

    @Test func theFirstStepKeepsAwayFromItsKink() throws {
        let encoding = try DocumentEncoder<Double>(model: tinyModel()).encode(
            tasks.map(\.segments), recording: .init(base: .none, budget: ByteBudget(bytes: 0)))
        let smallest = encoding.trajectory.gradients[0].flatMap(\.scalars).map { abs($0) }.min()
        #expect(try #require(smallest) > 5e-4, "choose another seed for tinyModel")
    }

    @Test(arguments: [
        (InnerLoopConfiguration.AdamW(epsilon: 0.1), 0.05, false), (nil, 0.1, true),
    ])
    func everyTensorsGradientIsTheSlope(
        _ adamW: InnerLoopConfiguration.AdamW?, _ rate: Double, _ isTied: Bool
    ) throws {
        let model: Model = try tinyModel(adamW: adamW, rate: rate, isTied: isTied)
        let encoding = try DocumentEncoder(model: model).encode(tasks.map(\.segments))
        #expect(encoding.batches.count == 3)
        let found = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        #expect(try abs(found.outerLoss - outerLoss(model)) < 1e-13)
        let names = model.parameterNames(.meta(base: .all))
        #expect(found.gradients.map(\.shape) == model.parameters(.meta(base: .all)).map(\.shape))
        for (index, name) in names.values.enumerated() {
            let error = try slopeError(model, found.gradients, index..<index + 1) { try outerLoss($0) }
            #expect(error < 1e-7, "\(name)")
        }
    }

    /// The places of θ, φ₀, ω and log α among the parameters.
    private func groups(_ gradient: MetaGradient<Double>) -> [Range<Int>] {
        ParameterGroup.allCases.map(gradient.gradients.range)
    }

    @Test(arguments: [1, 2, 4]) func truncatedStepsTakeTheirGradientsAsConstants(_ truncated: Int) throws {
        let model: Model = try tinyModel(truncatedSteps: truncated)
        let encoder = DocumentEncoder(model: model)
        let held = try encoder.encode(
            tasks.map(\.segments), recording: .init(base: .none, budget: ByteBudget(bytes: 0))
        ).trajectory.gradients[..<truncated]
        let found = try encoder.metaGradient(tasks, base: .all)
        #expect(try abs(found.outerLoss - outerLoss(model, held: held)) < 1e-12)
        for group in groups(found) {
            if model.innerLoop.isFirstOrder && group == groups(found)[2] {
                #expect(found.gradients.weighter.allSatisfy { $0 == Tensor(zeros: $0.shape) })
                continue
            }
            let error = try slopeError(model, found.gradients, group) { try outerLoss($0, held: held) }
            #expect(error < 1e-7, "\(group)")
        }
    }

    @Test func truncationChangesTheGradient() throws {
        let gradients = try [0, 1, 2, 4].map { truncated in
            let model: Model = try tinyModel(truncatedSteps: truncated)
            return try DocumentEncoder(model: model).metaGradient(tasks).gradients.adapter[0]
        }
        for (one, other) in zip(gradients, gradients.dropFirst()) {
            #expect(relativeError(of: one, from: other) > 1e-3)
        }
    }

    /// Gradient descent inside, which has no kink to keep away from.
    @Test(arguments: [ModelFamily.gpt2, .qwen2], [false, true])
    func everyFamilyHasItsSlopes(_ family: ModelFamily, _ isTied: Bool) throws {
        let model: Model = try tinyModel(adamW: nil, rate: 0.1, isTied: isTied, family: family)
        let found = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        #expect(found.gradients.base.count == model.weights.values.count)
        for group in groups(found) {
            #expect(try slopeError(model, found.gradients, group) { try outerLoss($0) } < 1e-7, "\(group)")
        }
    }

    @Test func anAdapterOfTheTopLayerHasItsSlopes() throws {
        let model: Model = try tinyModel(adamW: nil, rate: 0.1, layers: [1])
        let whole = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        for group in groups(whole) {
            #expect(try slopeError(model, whole.gradients, group) { try outerLoss($0) } < 1e-7, "\(group)")
        }
        // With a frozen base, what enters the top layer is computed once.
        let frozen = try DocumentEncoder(model: model).metaGradient(tasks)
        for (one, other) in zip(
            frozen.gradients.adapter + frozen.gradients.weighter, whole.gradients.adapter + whole.gradients.weighter)
        {
            #expect(relativeError(of: one, from: other) < 1e-12)
        }
    }

    /// Gradient descent inside, as its first step has no kink.
    @Test(arguments: TokenWeighting.Nonlinearity.allCases, [false, true])
    func everyWeightingHasItsSlopes(_ nonlinearity: TokenWeighting.Nonlinearity, _ isNormalized: Bool) throws {
        let weighting = TokenWeighting(nonlinearity: nonlinearity, isNormalized: isNormalized)
        guard weighting.isPossible else { return }
        let model: Model = try tinyModel(adamW: nil, rate: 0.1, weighting: weighting)
        let found = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        #expect(try abs(found.outerLoss - outerLoss(model)) < 1e-13)
        for group in groups(found) {
            #expect(try slopeError(model, found.gradients, group) { try outerLoss($0) } < 1e-7, "\(group)")
        }
    }

    /// Of the upper layer's base weights alone; what enters it is computed once where only it is adapted.
    @Test(arguments: [nil, [1]]) func upperLayersOfTheBaseHaveTheirSlopes(_ layers: [Int]?) throws {
        let model: Model = try tinyModel(adamW: nil, rate: 0.1, layers: layers)
        let whole = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        let upper = try DocumentEncoder(model: model).metaGradient(tasks, base: .layers([1]))
        let names = model.parameterNames(.meta(base: .layers([1]))), all = model.parameterNames(.meta(base: .all))
        #expect(upper.gradients.base.count == 9)
        for (name, found) in names.zip(upper.gradients).values {
            let index = try #require(all.values.firstIndex(of: name))
            #expect(relativeError(of: found, from: whole.gradients.values[index]) < 1e-12, "\(name)")
            #expect(
                try slopeError(model, whole.gradients, index..<index + 1) { try outerLoss($0) } < 1e-7, "\(name)")
        }
    }

    @Test func adaptersOfSomeMapsAndPlainLossesHaveTheirSlopesToo() throws {
        let model: Model = try tinyModel(isWeighted: false, maps: [.query, .down])
        let found = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        #expect(found.gradients.weighter.isEmpty && found.gradients.adapter.count == 8)
        for group in groups(found) where !group.isEmpty {
            #expect(try slopeError(model, found.gradients, group) { try outerLoss($0) } < 1e-7, "\(group)")
        }
    }
}
