import Tensors

/// The outer update of ranks that train by themselves for a while: where they begin their next round from, given the
/// mean of what they did in an earlier one. It is the idea of CO2 (Sun et al. 2024, arXiv 2401.16265).
///
/// In round t each rank takes K steps of its optimizer from x(t), which all of them share, and comes to x(t) + Δ. The
/// mean Δ̄(t) over the ranks is under way while round t + 1 runs, and is known when that one ends; at the end of round
/// t one therefore has Δ̄(t-1), from which follow
///
///     Λ(t)   = 1 + ‖x(t) - x(t-1)‖ / ‖Δ̄(t-1)‖         the staleness gap
///     m(t)   = β·m(t-1) + Δ̄(t-1) / Λ(t)               the outer momentum with the staleness gap penalty
///     x(t+1) = x(t) + α·clip(m(t), φ)                  the outer update with outer momentum clipping
///
/// where clip takes each element to between -φ and φ. That a change counts less by the gap is CO2's, how the gap is
/// measured is this project's. The change Δ̄(t-1) was found at x(t-1), and is applied at x(t): Λ compares the distance
/// between these with the length of the change, and is 1 where they are the same point. With β = 0, α = 1 and no round
/// under way, x + Δ̄ is the plain mean of the ranks' parameters.
///
/// This value is the same on every rank, and with the parameters and the optimizer's moments it is all that a later
/// process needs, provided that no round is under way.
public struct LocalSteps<Scalar: TensorScalar>: Sendable {
    /// The numbers in the formulas.
    public struct Settings: Sendable, Equatable {
        /// α
        public var rate: Double
        /// β
        public var momentum: Double
        /// φ
        public var clip: Double

        public init(rate: Double, momentum: Double, clip: Double) {
            (self.rate, self.momentum, self.clip) = (rate, momentum, clip)
        }
    }

    public let settings: Settings
    /// x(t), where every rank has begun the round at hand.
    public private(set) var start: [Tensor<Scalar>]
    /// m(t-1)
    public private(set) var momentum: [Tensor<Scalar>]

    /// Before the first round, from `start`; or taken up again with the momentum that was reached there.
    public init(settings: Settings, start: [Tensor<Scalar>], momentum: [Tensor<Scalar>]? = nil) {
        self.settings = settings
        self.start = start
        self.momentum = momentum ?? start.map { Tensor(zeros: $0.shape) }
        precondition(start.map(\.shape) == self.momentum.map(\.shape), "a momentum of other shapes")
    }

    /// Takes the outer update.
    ///
    /// - Parameters:
    ///   - meanChange: Δ̄, the mean over the ranks of what a round has changed.
    ///   - origin: where that round began.
    public mutating func advance(by meanChange: [Tensor<Scalar>], from origin: [Tensor<Scalar>]) {
        let length = norm(meanChange)
        let gap = length == 0 ? 1 : 1 + norm(zip(start, origin).map { $0 - $1 }) / length
        for index in start.indices {
            momentum[index].scale(by: Scalar(settings.momentum))
            momentum[index].add(meanChange[index], scaledBy: Scalar(1 / gap))
            start[index].add(clipped(momentum[index]), scaledBy: Scalar(settings.rate))
        }
    }

    private func clipped(_ tensor: Tensor<Scalar>) -> Tensor<Scalar> {
        let bound = Scalar(settings.clip)
        return tensor.withUnsafeBuffer { elements in
            Tensor(elements.map { max(-bound, min(bound, $0)) }, shape: tensor.shape)
        }
    }
}

/// The length of all tensors together.
private func norm<Scalar>(_ tensors: [Tensor<Scalar>]) -> Double {
    tensors.reduce(0) { $0 + $1.dot($1) }.squareRoot()
}
