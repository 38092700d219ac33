import LanguageModel
import Tensors

/// Which weights of the base model θ the outer loop trains.
public enum TrainedBase: Equatable, Sendable {
    case none
    case all
    /// The weights of these layers alone: the embeddings, the last normalization and the head stay as they are.
    case layers([Int])

    /// The trained weights, as indices in the layout's order.
    func indices(in layout: WeightLayout) -> [Int] {
        layout.entries.indices.filter { includes(layout.entries[$0].role) }
    }

    private func includes(_ role: WeightRole) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .layers(let layers): role.layer.map(layers.contains) ?? false
        }
    }

    /// Whether all that comes before a layer stays as it is.
    func leavesAllBelow(_ layer: Int) -> Bool {
        switch self {
        case .none: true
        case .all: false
        case .layers(let layers): layers.allSatisfy { $0 >= layer }
        }
    }
}

/// What of a model is trained.
public enum TrainedParameters: Equatable, Sendable {
    /// All of θ and nothing else: plain language modelling.
    case baseModel
    /// φ₀, ω and log α, with what is stated of θ: meta-training.
    case meta(base: TrainedBase)

    fileprivate func baseIndices(in layout: WeightLayout) -> [Int] {
        switch self {
        case .baseModel: TrainedBase.all.indices(in: layout)
        case .meta(let base): base.indices(in: layout)
        }
    }
}

extension MetaLearnedModel {
    /// θ as numbers that can be trained, in the order of the weights' names. Setting them leaves no weight packed.
    public var baseParameters: [Tensor<Scalar>] {
        get { weights.values.map(\.tensor) }
        set { weights = ModelWeights(layout: weights.layout, values: newValue.map { .dense($0) }) }
    }

    /// The tensors that are trained.
    public func parameters(_ trained: TrainedParameters) -> MetaParameters<Tensor<Scalar>> {
        let base = trained.baseIndices(in: weights.layout).map { weights.values[$0].tensor }
        guard case .meta = trained else { return MetaParameters(base: base) }
        return MetaParameters(
            base: base, adapter: adapter.tensors, weighter: weighter?.tensors ?? [], logRates: logRates)
    }

    /// Their names in files.
    public func parameterNames(_ trained: TrainedParameters) -> MetaParameters<String> {
        let base = trained.baseIndices(in: weights.layout).map { weights.layout.entries[$0].name }
        guard case .meta = trained else { return MetaParameters(base: base) }
        return MetaParameters(
            base: base, adapter: adapter.layout.names,
            weighter: weighter == nil ? [] : TokenWeighter<Tensor<Scalar>>.names.map { "weighter.\($0)" },
            logRates: "log_rates")
    }

    /// Replaces the tensors that are trained.
    public mutating func setParameters(_ parameters: MetaParameters<Tensor<Scalar>>, _ trained: TrainedParameters) {
        precondition(parameters.hasForm(of: parameterNames(trained)), "other parameters than those that are trained")
        let indices = trained.baseIndices(in: weights.layout)
        if !indices.isEmpty {
            var values = weights.values
            for (index, tensor) in zip(indices, parameters.base) { values[index] = .dense(tensor) }
            weights = ModelWeights(layout: weights.layout, values: values)
        }
        guard let rates = parameters.logRates else { return }
        adapter.tensors = parameters.adapter
        weighter = weighter.map { TokenWeighter(tensors: parameters.weighter, weighting: $0.weighting) }
        logRates = rates
    }

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
