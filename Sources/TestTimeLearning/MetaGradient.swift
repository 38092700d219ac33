import Autodiff
import LanguageModel
import Tensors

/// The derivatives of the outer loss with respect to all that meta-training changes.
public struct MetaGradient<Scalar: TensorScalar>: Sendable {
    /// In the shapes of the parameters: φ₀'s [1, …] each, log α's [tensors, steps].
    public var gradients: MetaParameters<Tensor<Scalar>>
    /// The outer loss, and the inner losses [steps], as means over the tasks.
    public var outerLoss: Double
    public var innerLosses: [Double]
}

extension DocumentEncoder {
    /// A document and its questions: what one meta-training task consists of.
    public struct Task: Sendable {
        public var segments: [TokenSequence]
        /// Each a question's prompt and its answer, the answer being the target.
        public var questions: [TokenSequence]

        public init(segments: [TokenSequence], questions: [TokenSequence]) {
            self.segments = segments
            self.questions = questions
        }
    }

    /// The exact gradient of the outer loss through the whole inner loop (docs/method.md, "The exact meta-gradient, in flat
    /// memory"), as a mean over `tasks`.
    ///
    /// Backwards through the steps, the optimizer's vector-Jacobian product gives the cotangent ḡ of each inner gradient;
    /// one forward-over-reverse pass in the direction ḡ then gives H·ḡ for the adapter and the mixed products for ω and θ.
    ///
    /// - Parameter base: the weights of θ with respect to which the gradient is wanted.
    /// - Throws: `EncodingDiverged`.
    public func metaGradient(_ tasks: [Task], base: TrainedBase = .none) throws -> MetaGradient<Scalar> {
        let encoding = try encode(
            tasks.map(\.segments), recording: Recording(base: base, budget: ByteBudget(bytes: keptBytes)))
        let trajectory = encoding.trajectory
        let (outer, loss) = try outerGradient(encoding.adapter, tasks, base: base)
        var cotangent = InnerCotangent(adapter: outer.adapter)
        var baseGradients = outer.base
        var weighter = model.weighter?.tensors.map { Tensor<Scalar>(zeros: $0.shape) } ?? []
        var logRates = [[Double]](repeating: [], count: outer.adapter.count)
        for step in (0..<model.innerLoop.steps).reversed() {
            let state = trajectory.state(before: step)
            let position = state.adapter
            let (directions, rates) = trajectory.optimizer.pullBack(
                &cotangent, state: state, gradients: trajectory.gradients[step], step: step)
            for index in rates.indices { logRates[index].insert(rates[index], at: 0) }
            if step < model.innerLoop.truncatedSteps || encoding.batches.isEmpty { continue }
            let products = try secondOrderProducts(
                encoding, step: step, position: position, directions: directions, base: base)
            cotangent.adapter.accumulate(products.adapter)
            weighter.accumulate(products.weighter)
            baseGradients.accumulate(products.base)
        }
        let gradients = MetaParameters(
            base: baseGradients, adapter: cotangent.adapter.map { $0.summedTasks() }, weighter: weighter,
            logRates: Tensor(logRates.joined().map { Scalar($0) }, shape: model.logRates.shape))
        return MetaGradient(
            gradients: gradients, outerLoss: loss,
            innerLosses: encoding.losses.map { $0.reduce(0, +) / Double(tasks.count) })
    }

    /// The gradients of the mean outer loss with respect to φ_T and, if wanted, θ; and that loss.
    private func outerGradient(
        _ adapter: Adapter<Tensor<Scalar>>, _ tasks: [Task], base: TrainedBase
    ) throws -> (gradients: MetaParameters<Tensor<Scalar>>, loss: Double) {
        let questions = tasks.map(\.questions)
        let batches = MicroBatches(questions, maximumTokens: model.microBatchTokens)
        let perTarget = questions.perTarget.map { $0 / Double(tasks.count) }
        let trained = base.indices(in: model.weights.layout).map { model.weights.layout.entries[$0].shape }
        let shapes = MetaParameters(base: trained, adapter: adapter.tensors.map(\.shape))
        var gradients: [Tensor<Scalar>] = []
        var loss = 0.0
        try reduceInOrder(count: batches.count, threads: threads) { index in
            let tape = Tape<Tensor<Scalar>>()
            let variables = adapter.map { tape.variable($0) }
            let (transformer, trained) = model.training(base) { tape.variable($0) }
            let part = Losses(model: transformer).outer(
                batches[index], adapter: variables, perTarget: perTarget)
            let wanted = MetaParameters(base: trained, adapter: variables.tensors)
            return (tape.gradients(of: part.total, for: wanted.values), part.perTask.reduce(0, +))
        } combine: { _, part in
            gradients.accumulate(part.0)
            loss += part.1
        }
        if gradients.isEmpty { gradients = shapes.values.map { Tensor(zeros: $0) } }
        return (shapes.replacingValues(by: gradients), loss)
    }

    /// The derivative, in the direction `directions` of the adapter, of the inner loss's gradients with respect to the
    /// adapter, to ω and, if wanted, to θ.
    private func secondOrderProducts(
        _ encoding: Encoding, step: Int, position: [Tensor<Scalar>], directions: [Tensor<Scalar>], base: TrainedBase
    ) throws -> MetaParameters<Tensor<Scalar>> {
        var products = MetaParameters<Tensor<Scalar>>()
        try reduceInOrder(count: encoding.batches.count, threads: threads) { index in
            let kept = encoding.kept[step].isEmpty ? nil : encoding.kept[step][index]
            kept?.replay()
            let tape = Tape<Dual<Scalar>>(kept: kept)
            let adapter = Adapter(
                layout: model.adapter.layout,
                tensors: zip(position, directions).map { tape.variable(Dual(primal: $0, tangent: $1)) })
            let weighter = model.weighter?.map { tape.variable(Dual(constant: $0)) }
            let (transformer, trained) = model.training(base) { tape.variable(Dual(constant: $0)) }
            let input: LayerInput<Dual<Scalar>>? =
                base.leavesAllBelow(model.adapter.layout.lowestLayer) ? encoding.inputs[index] : nil
            let part = Losses(model: transformer).inner(
                encoding.batches[index], from: input, adapter: adapter, weighter: weighter,
                perTarget: encoding.perTarget)
            let wanted = MetaParameters(base: trained, adapter: adapter.tensors, weighter: weighter?.tensors ?? [])
            let gradients = tape.gradients(of: part.total, for: wanted.values, readingValues: false)
            return wanted.replacingValues(by: gradients.map { $0.tangent ?? Tensor(zeros: $0.primal.shape) })
        } combine: { _, part in
            products.accumulate(part)
        }
        return products
    }
}

extension Tensor {
    /// The sum over the first axis, which stays with extent 1: the transpose of giving every task the same value.
    func summedTasks() -> Tensor {
        var total = self[0..<1]
        for task in 1..<max(1, shape[0]) { total.add(self[task..<task + 1]) }
        return total
    }
}
