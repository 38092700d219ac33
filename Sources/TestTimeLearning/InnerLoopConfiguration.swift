import LanguageModel

/// How a document is learned. Everything here changes the adapter that results.
public struct InnerLoopConfiguration: Codable, Equatable, Sendable {
    /// The rule by which a gradient becomes a step.
    public enum Optimizer: Codable, Equatable, Sendable {
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
        case adamW(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double)
        /// Gradient descent.
        case sgd
    }

    public var optimizer: Optimizer
    /// T, the number of gradient steps on a document.
    public var steps: Int
    /// The first steps whose gradient counts as a constant in the meta-gradient.
    public var truncatedSteps: Int
    /// The most tokens, padding included, in one pass over the model. Bounds memory; the sums do not depend on it but
    /// for rounding.
    public var microBatchTokens: Int

    public init(
        optimizer: Optimizer = .adamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.01), steps: Int = 4,
        truncatedSteps: Int = 0, microBatchTokens: Int = 256
    ) {
        self.optimizer = optimizer
        self.steps = steps
        self.truncatedSteps = truncatedSteps
        self.microBatchTokens = microBatchTokens
    }

    /// A bound on micro-batches under which their activations take about 128 MiB a thread, as far as 64 tokens do.
    ///
    /// - Parameter lowestLayer: the lowest adapted layer; nothing is kept below it.
    public static func microBatchTokens(for configuration: ModelConfiguration, lowestLayer: Int) -> Int {
        // What a layer keeps of each token for the way back is about six rows of the model's width and three of the
        // feed-forward's.
        let perToken = 6 * configuration.width + 3 * configuration.intermediateWidth
        let fitting = (1 << 25) / (perToken * (configuration.layers - lowestLayer))
        return min(256, max(64, fitting / 64 * 64))
    }

    /// Every step's gradient counts as a constant: first-order meta-learning (Finn et al. 2017).
    public var isFirstOrder: Bool { truncatedSteps >= steps }
}
