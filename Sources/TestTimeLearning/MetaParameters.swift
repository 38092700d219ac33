import LanguageModel
import Tensors

extension MetaLearnedModel {
    /// θ as numbers that can be trained, in the order of the weights' names. Setting them leaves no weight quantized.
    public var baseParameters: [Tensor<Scalar>] {
        get { weights.values.map(\.tensor) }
        set { weights = ModelWeights(layout: weights.layout, values: newValue.map { .dense($0) }) }
    }

    /// All that meta-training changes, in a fixed order: what is trained of θ, φ₀, ω, log α.
    public func parameters(base: TrainedBase) -> [Tensor<Scalar>] {
        base.indices(in: weights.layout).map { weights.values[$0].tensor } + adapter.tensors
            + (weighter?.tensors ?? []) + [logRates]
    }

    /// Replaces them, in the same order.
    public mutating func setParameters(_ parameters: [Tensor<Scalar>], base: TrainedBase) {
        var rest = parameters[...]
        let trained = base.indices(in: weights.layout)
        if !trained.isEmpty {
            var values = weights.values
            for index in trained { values[index] = .dense(rest.removeFirst()) }
            weights = ModelWeights(layout: weights.layout, values: values)
        }
        adapter.tensors = Array(rest.prefix(adapter.tensors.count))
        rest.removeFirst(adapter.tensors.count)
        if let weighter {
            self.weighter = TokenWeighter(
                tensors: Array(rest.prefix(weighter.tensors.count)), weighting: weighter.weighting)
            rest.removeFirst(weighter.tensors.count)
        }
        logRates = rest.removeFirst()
        precondition(rest.isEmpty, "more parameters than the model has")
    }

    /// Names for `parameters`, for files.
    public func parameterNames(base: TrainedBase) -> [String] {
        base.indices(in: weights.layout).map { weights.layout.entries[$0].name } + adapter.layout.names
            + (weighter == nil ? [] : TokenWeighter<Tensor<Scalar>>.names.map { "weighter.\($0)" }) + ["log_rates"]
    }
}

extension MetaGradient {
    /// The gradients in the order of `MetaLearnedModel.parameters`.
    public var tensors: [Tensor<Scalar>] {
        get { base + adapter + weighter + [logRates] }
        set {
            precondition(newValue.map(\.shape) == tensors.map(\.shape), "gradients of other shapes")
            var rest = newValue[...]
            base = Array(rest.prefix(base.count))
            rest.removeFirst(base.count)
            adapter = Array(rest.prefix(adapter.count))
            rest.removeFirst(adapter.count)
            weighter = Array(rest.prefix(weighter.count))
            logRates = rest[rest.endIndex - 1]
        }
    }
}

extension MetaLearnedModel {
    /// Changes the number of inner steps: rates beyond the new number are dropped, new steps begin at half the rate of
    /// the last one.
    public mutating func setInnerSteps(_ steps: Int) {
        let known = innerLoop.steps
        precondition(steps >= 0 && (known > 0 || steps == 0), "\(steps) inner steps after \(known)")
        let rates = logRates.scalars
        let extended = (0..<adapter.tensors.count).flatMap { tensor in
            (0..<steps).map { step in
                step < known
                    ? rates[tensor * known + step] : rates[(tensor + 1) * known - 1] - Scalar(0.693_147_180_559_945_3)
            }
        }
        logRates = Tensor(extended, shape: [adapter.tensors.count, steps])
        innerLoop.steps = steps
    }
}
