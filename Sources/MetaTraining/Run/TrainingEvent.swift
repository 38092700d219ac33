import DataParallel

/// What a run comes to next.
public enum TrainingEvent: Sendable {
    /// A step was taken, or left out because its numbers were not finite.
    case step(StepFigures)
    /// Held-out documents were measured.
    case evaluation(Evaluation)
    /// A stage of the curriculum is over, and with the last one the run.
    case stageEnded(StageEnd)
    /// A point that the run can be resumed from, the same on every rank.
    case checkpoint(TrainingCheckpoint)
    /// The run is over.
    case finished
    /// Somebody wanted the run to end before it was over.
    case interrupted
}

/// The figures of one step, as they stand in the metrics file.
public struct StepFigures: Encodable, Sendable {
    public var phase: TrainingState.Phase
    /// The stage of the curriculum; `nil` in base training.
    public var stage: String?
    public var loss: Double
    /// The loss before each inner step, as a mean over the tasks; `nil` in base training.
    public var innerLosses: [Double]?
    /// Of all gradients together, before it is limited.
    public var gradientNorm: Double
    public var rate: Double
    /// Tokens of the documents and of the questions with their answers.
    public var tokens: Int
    /// The documents of which a part did not fit into a prompt, where documents stand there.
    public var cutDocuments: Int?
    public var skipped: Bool
}

/// Why a stage of the curriculum is over.
public struct StageEnd: Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        case goalMet
        /// So many evaluations in a row were not better than the best one before.
        case noBetter(evaluations: Int)
        case outOfSteps
        case outOfTime
    }

    public let stage: String
    public let reason: Reason
    /// The stage that follows; `nil` where the run is over.
    public let next: String?

    public var description: String {
        let ending: String
        switch reason {
        case .outOfTime: return "the run is out of time in stage \(stage)"
        case .goalMet: ending = "has met its goal"
        case .noBetter(let evaluations): ending = "has not become better in \(evaluations) evaluations"
        case .outOfSteps: ending = "is out of steps"
        }
        return "stage \(stage) \(ending)" + (next.map { "; now \($0)" } ?? ", and with it the run")
    }
}

/// Too many steps in a row gave numbers that are not finite.
public struct TrainingDiverged: SharedFailure, Equatable, CustomStringConvertible {
    public let step: Int
    public let skipped: Int

    public var description: String {
        "step \(step): \(skipped) steps in a row had a loss or gradient that is not finite: lower meta.rate, or "
            + "meta.rateOfRates, and resume from the last checkpoint"
    }
}
