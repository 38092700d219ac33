import DataParallel
import PERKModel
import Tensors
import TestTimeLearning

/// Base training, then meta-training along the curriculum, event by event; on each of the ranks that share its work.
///
///     var run = try TrainingRun(configuration)
///     while let event = try run.next() { … }
///
/// A run lives in memory; a `TrainingSession` keeps its record in a directory besides.
public struct TrainingRun {
    /// Give up after so many skipped steps in a row.
    static let skipLimit = 10

    /// The configuration in force: what a meta-trained model brings takes the place of what was asked for.
    public private(set) var configuration: TrainingConfiguration
    public private(set) var state: TrainingState
    private var loop: OuterLoop
    private var turn = Turn.start
    /// Whether somebody wants the run to end after the step at hand; asked on every rank before each step.
    public var isInterrupted: () -> Bool = { false }

    /// What `next` turns to when it is called again.
    private enum Turn {
        case start, step
        /// A measurement after a step of this phase, where it is due.
        case evaluation(TrainingState.Phase)
        case curriculum(Evaluation?)
        case checkpoint, end, pause, over
        case failure(TrainingDiverged)
    }

    /// Begins a run, or resumes it at `checkpoint`.
    ///
    /// - Parameters:
    ///   - ranks: the processes that share the run's work.
    ///   - report: told what a person should know, such as rows of files that are left out.
    /// - Throws: `TooManyRanks`, `MethodConflict`, and what making the model throws.
    public init(
        _ configuration: TrainingConfiguration, checkpoint: TrainingCheckpoint? = nil,
        ranks: any Communicator = SingleProcess(), report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        state = checkpoint?.state ?? TrainingState()
        // Every rank draws the same rows and finds the same; one tells of it.
        let tells = ranks.rank == 0
        loop = try OuterLoop(configuration, checkpoint: checkpoint, ranks: ranks) { if tells { report($0) } }
        if checkpoint == nil && configuration.beginsMetaTrained { self.configuration.adopt(loop.model) }
        if checkpoint == nil && configuration.base.steps == 0 { beginMetaTraining() }
        state.reopen(for: configuration)
        if state.phase == .meta { beginStage() }
        try loop.shareStart(outerMomentum: checkpoint?.outerMomentum)
    }

    /// What the run can be resumed from; on several ranks, once they have settled.
    public var checkpoint: TrainingCheckpoint { loop.checkpoint(state) }

    /// The name of the stage at hand.
    public var stageName: String { stage.name }

    /// The mean accuracy over the sets of documents that `evaluation` names; `nil` where none was measured.
    public func meanAccuracy(of evaluation: Evaluation) -> Double? {
        evaluation.means(over: configuration.evaluation.setNames)?.accuracy
    }

    /// The stage of the curriculum at hand.
    var stage: CurriculumStage { configuration.stage(of: state) }

    // MARK: - Events

    /// Does the next piece of work.
    ///
    /// - Returns: what came of it; `nil` once the run has ended. After an interruption, further calls continue it.
    /// - Throws: `TrainingDiverged`, after a last checkpoint; what reading rows and generating documents throws; on several
    ///   ranks what the communicator throws.
    public mutating func next() throws -> TrainingEvent? {
        while true {
            switch turn {
            case .start:
                turn = .step
                if state.step == 0 && state.phase == .meta { return .evaluation(try evaluate()) }
            case .step:
                guard try state.phase != .finished && !isInterruptedAnywhere() else {
                    turn = .end
                    return .checkpoint(try settledCheckpoint())
                }
                do {
                    let figures = try takeStep()
                    turn = .evaluation(figures.phase)
                    return .step(figures)
                } catch let error as TrainingDiverged {
                    turn = .failure(error)
                    return .checkpoint(try settledCheckpoint())
                }
            case .evaluation(let phase):
                let evaluation = isEvaluationDue ? try evaluate() : nil
                turn = phase == .meta ? .curriculum(evaluation) : .checkpoint
                if let evaluation { return .evaluation(evaluation) }
            case .curriculum(let evaluation):
                turn = .checkpoint
                if let end = advanceStage(evaluation: evaluation) { return .stageEnded(end) }
            case .checkpoint:
                turn = .step
                let isBest = state.best?.step == state.step
                if isBest || state.step.isMultiple(of: configuration.output.checkpointInterval) {
                    return .checkpoint(try settledCheckpoint())
                }
            case .failure(let error):
                turn = .over
                throw error
            case .end:
                turn = state.phase == .finished ? .over : .pause
                return state.phase == .finished ? .finished : .interrupted
            case .pause:
                turn = .step
                return nil
            case .over:
                return nil
            }
        }
    }

    /// Whether a signal has come to any of the ranks: all find the same, after the same step.
    private func isInterruptedAnywhere() throws -> Bool {
        var signals = [isInterrupted() ? 1.0 : 0]
        try loop.averaging.ranks.sum(&signals)
        return signals[0] > 0
    }

    private mutating func settledCheckpoint() throws -> TrainingCheckpoint {
        try loop.settle()
        return checkpoint
    }

    // MARK: - Pieces of work

    /// Whether the model is to be measured as it is now: in meta-training at intervals, and before the first step.
    private var isEvaluationDue: Bool {
        state.phase == .meta && state.phaseStep.isMultiple(of: configuration.evaluation.interval)
    }

    /// Measures the model on held-out documents as those of the stage at hand.
    func evaluate() throws -> Evaluation { try loop.evaluate(state) }

    /// Takes one step.
    ///
    /// - Throws: `TrainingDiverged`.
    mutating func takeStep() throws -> StepFigures {
        let start = ContinuousClock.now
        let figures = try state.phase == .base ? loop.takeBaseStep(state) : loop.takeMetaStep(&state)
        try count(ContinuousClock.now - start)
        state.advance()
        if figures.skipped {
            state.skippedSteps += 1
            state.skippedInARow += 1
            if state.skippedInARow >= Self.skipLimit {
                throw TrainingDiverged(step: state.step, skipped: state.skippedInARow)
            }
        } else {
            state.skippedInARow = 0
            state.record(loss: figures.loss)
        }
        if state.phase == .base && state.phaseStep >= configuration.base.steps {
            try loop.settle()
            beginMetaTraining()
        }
        if isEvaluationDue || state.phase == .meta && state.stageStep >= stage.maximumSteps { try loop.settle() }
        return figures
    }

    /// Adds to the run's time where that is limited; the first rank's clock counts for all.
    private mutating func count(_ duration: Duration) throws {
        guard configuration.maximumSeconds != nil else { return }
        var seconds = [duration / .seconds(1)]
        try loop.averaging.ranks.broadcast(&seconds)
        state.seconds = (state.seconds ?? 0) + seconds[0]
    }

    private mutating func beginMetaTraining() {
        state.begin(.meta)
        loop.beginMetaTraining(innerSteps: stageInnerSteps)
        cutSegments()
    }

    /// None where the document stands in the prompt.
    private var stageInnerSteps: Int {
        loop.model.method == .inContext ? 0 : stage.innerSteps ?? configuration.inner.loop.steps
    }

    /// Turns to what the stage at hand sets for itself.
    private mutating func beginStage() {
        let steps = stageInnerSteps
        if steps != loop.model.learned.innerLoop.steps { loop.beginMetaTraining(innerSteps: steps) }
        cutSegments()
    }

    private mutating func cutSegments() {
        loop.cutSegments(sentences: stage.sentencesPerSegment ?? configuration.text.sentencesPerSegment)
    }

    /// Moves along the curriculum after a step of meta-training.
    ///
    /// - Parameter evaluation: that of the step, where there was one.
    /// - Returns: the end of the stage at hand, where it is over.
    mutating func advanceStage(evaluation: Evaluation?) -> StageEnd? {
        let end = state.advanceStage(in: configuration, evaluation: evaluation)
        if end != nil && state.phase == .meta { beginStage() }
        return end
    }
}
