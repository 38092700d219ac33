import LanguageModel

/// How a document is learned. Everything here changes the adapter that results.
public struct InnerLoopConfiguration: Equatable, Sendable {
    /// The rule by which a gradient becomes a step.
    public enum Optimizer: String, CaseIterable, Sendable {
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
        case adamW = "adamw"
        /// Gradient descent.
        case sgd
    }

    /// The settings of AdamW.
    public struct AdamW: Equatable, Sendable {
        /// The decays of the means of the gradient and of its square.
        public var beta1, beta2: Double
        /// What is added to the root of the squared gradient's mean.
        public var epsilon: Double
        /// The share of the rate by which a parameter decays.
        public var weightDecay: Double

        public init(beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-6, weightDecay: Double = 0.01) {
            (self.beta1, self.beta2) = (beta1, beta2)
            (self.epsilon, self.weightDecay) = (epsilon, weightDecay)
        }
    }

    public var optimizer: Optimizer
    /// Used where it is the optimizer.
    public var adamW: AdamW
    /// T, the number of gradient steps on a document.
    public var steps: Int
    /// The first steps whose gradient counts as a constant in the meta-gradient.
    public var truncatedSteps: Int
    /// The most tokens, padding included, in one pass over the model; `nil` for as many as its size suggests. Bounds
    /// memory; the sums do not depend on it but for rounding.
    public var microBatchTokens: Int?

    public init(
        optimizer: Optimizer = .adamW, adamW: AdamW = AdamW(), steps: Int = 4, truncatedSteps: Int = 0,
        microBatchTokens: Int? = nil
    ) {
        self.optimizer = optimizer
        self.adamW = adamW
        self.steps = steps
        self.truncatedSteps = truncatedSteps
        self.microBatchTokens = microBatchTokens
    }

    /// Every step's gradient counts as a constant: first-order meta-learning (Finn et al. 2017).
    public var isFirstOrder: Bool { truncatedSteps >= steps }
}

extension MetaLearnedModel {
    /// The most tokens in one pass over the model: those of `innerLoop`, or else as many as keep the activations of a
    /// micro-batch at about 128 MiB a thread, as far as 64 tokens do.
    public var microBatchTokens: Int {
        if let stated = innerLoop.microBatchTokens { return stated }
        // What a layer keeps of each token for the way back is about six rows of the model's width and three of the
        // feed-forward's. Nothing is kept below the lowest adapted layer.
        let perToken = 6 * configuration.width + 3 * configuration.intermediateWidth
        let fitting = (1 << 25) / (perToken * (configuration.layers - adapter.layout.lowestLayer))
        return min(256, max(64, fitting / 64 * 64))
    }
}
