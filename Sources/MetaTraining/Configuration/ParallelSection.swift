import DataParallel
import StrictConfiguration

/// `parallel`: how the processes of a run that `mpirun` has started come together.
struct ParallelSection: ConfigurationSection {
    var localSteps = 1
    var outerRate = 1.0
    var outerMomentum = 0.0
    var outerClip = 1.0

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "localSteps", into: &localSteps, in: 1...10_000,
            "The number of steps that each process takes by itself between two averagings of the parameters, while the "
                + "averaging before is under way; with 1 the gradients of every step are averaged, and the other keys "
                + "have no effect")
        try reader.read("outerRate", into: &outerRate, in: 1e-3...10, "The share of an averaged change that is applied")
        try reader.read(
            "outerMomentum", into: &outerMomentum, in: 0...0.999,
            "The share of an averaged change that the next one keeps")
        try reader.read(
            "outerClip", into: &outerClip, in: 1e-9...1e6, "The most that an averaged change moves any one parameter by"
        )
    }

    /// How averaged changes are applied.
    var outer: LocalSteps<Float>.Settings {
        LocalSteps.Settings(rate: outerRate, momentum: outerMomentum, clip: outerClip)
    }
}

/// There is too little work in a step for every rank to have some.
struct TooManyRanks: SharedFailure, Equatable, CustomStringConvertible {
    let ranks: Int
    let key: String
    let count: Int

    var description: String {
        "started on \(ranks) ranks, but \(key) is \(count): start no more ranks than that, or raise \(key)"
    }
}

extension TrainingConfiguration {
    /// - Throws: `TooManyRanks`.
    func requireWork(for ranks: Int) throws {
        if meta.tasksPerStep < ranks {
            throw TooManyRanks(ranks: ranks, key: "meta.tasksPerStep", count: meta.tasksPerStep)
        }
        if base.steps > 0 && base.batch < ranks {
            throw TooManyRanks(ranks: ranks, key: "base.batch", count: base.batch)
        }
    }
}
