import DataParallel
import Tensors
import TestTimeLearning

/// How the ranks of a run come together: by the gradients of every step, or by what each of them has changed in some
/// steps of its own. The few figures that decide something, such as losses, they exchange after every step either way.
struct RankAveraging {
    let ranks: any Communicator
    private let settings: ParallelSection
    /// Where the ranks take steps of their own.
    private var rounds: LocalRounds<Float>?

    init(ranks: any Communicator, settings: ParallelSection) {
        self.ranks = ranks
        self.settings = settings
    }

    /// Whether gradients are averaged; otherwise a rank goes on with its own.
    var averagesGradients: Bool { ranks.size == 1 || settings.localSteps == 1 }

    /// The outer momentum of each parameter, which a run that is resumed needs; `nil` where there is none.
    var outerMomentum: [Tensor<Float>]? { rounds?.outer.momentum }

    /// Begins with parameters that every rank has.
    mutating func begin(
        _ parameters: MetaParameters<Tensor<Float>>, outerMomentum: MetaParameters<Tensor<Float>>? = nil
    ) {
        guard !averagesGradients else { return }
        rounds = LocalRounds(
            outer: LocalSteps(settings: settings.outer, start: parameters.values, momentum: outerMomentum?.values),
            stepsPerRound: settings.localSteps, communicator: ranks)
    }

    /// The mean of a figure over the ranks, where each has its own: not finite if one of them is not.
    func mean(_ figure: Double) throws -> Double {
        guard !averagesGradients else { return figure }
        var figures = [figure / Double(ranks.size)]
        try ranks.sum(&figures)
        return figures[0]
    }

    /// Notes a step that was taken.
    mutating func finishStep(_ parameters: inout MetaParameters<Tensor<Float>>) throws {
        try rounds?.finishStep(&parameters.values)
    }

    /// Waits for what is under way. Every rank has the same parameters and the same moments then, the means of theirs.
    mutating func settle(
        _ parameters: inout MetaParameters<Tensor<Float>>, _ optimizer: inout OuterOptimizer<Float>
    ) throws {
        guard rounds != nil else { return }
        try rounds?.settle(&parameters.values)
        var moments = [optimizer.m, optimizer.v]
        for index in moments.indices {
            moments[index] = moments[index].map { $0.scaled(by: 1 / Float(ranks.size)) }
            try ranks.sum(&moments[index].values)
        }
        optimizer = OuterOptimizer(m: moments[0], v: moments[1], updates: optimizer.updates)
    }
}
