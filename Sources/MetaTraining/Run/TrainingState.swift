/// Where a training run stands: together with the model and the optimizer's moments, all that a later process needs to
/// come to the same numbers.
public struct TrainingState: Codable, Equatable, Sendable {
    public enum Phase: String, Codable, Sendable { case base, meta, finished }

    /// The best evaluation, by the step and the stage that it was made at.
    public struct Best: Codable, Equatable, Sendable {
        public let step: Int
        public let stage: Int
        /// Means over the configured sets of documents. The first programs did not note the loss.
        public let accuracy: Double
        public let loss: Double?

        /// By its accuracy, of equals by its loss; or by its loss alone. Only those of one stage can be compared, since
        /// another stage measures other documents.
        func isBetter(than other: Best, by metric: EvaluationMetric) -> Bool {
            let (loss, otherLoss) = (loss ?? .infinity, other.loss ?? .infinity)
            return switch metric {
            case .accuracy: (accuracy, -loss) > (other.accuracy, -otherLoss)
            case .loss: loss < otherLoss
            }
        }
    }

    public internal(set) var phase = Phase.base
    /// Steps done in all, over both phases; the metrics' steps.
    public internal(set) var step = 0
    /// Steps done in this phase.
    var phaseStep = 0
    /// The curriculum's stage and the steps done in it. Past the last stage once that one is over.
    var stage = 0
    var stageStep = 0
    /// The steps that the last stage took, where the run is finished because that stage was out of steps.
    var lastStageSteps: Int?
    /// Steps left out because a loss or gradient was not finite: in all, and in a row.
    var skippedSteps = 0
    var skippedInARow = 0
    /// The rows taken from each file of data, by its path.
    var rowsDrawn: [String: Int] = [:]
    /// The seconds that steps took, where they are limited; otherwise two runs of the same steps have the same state.
    var seconds: Double?
    /// A running mean of the loss.
    public internal(set) var meanLoss: Double?
    /// The best evaluation of the newest stage that has one; of equals the first.
    public internal(set) var best: Best?
    /// The evaluations in this stage since its best one.
    var evaluationsSinceBest = 0

    mutating func record(loss: Double) { meanLoss = meanLoss.map { 0.95 * $0 + 0.05 * loss } ?? loss }

    /// Notes an evaluation at this step.
    mutating func record(accuracy: Double, loss: Double, by metric: EvaluationMetric) {
        let new = Best(step: step, stage: stage, accuracy: accuracy, loss: loss)
        if let best, best.stage == stage, !new.isBetter(than: best, by: metric) {
            evaluationsSinceBest += 1
        } else {
            (best, evaluationsSinceBest) = (new, 0)
        }
    }

    mutating func begin(_ phase: Phase) {
        self.phase = phase
        (phaseStep, stage, stageStep, meanLoss) = (0, 0, 0, nil)
    }

    mutating func advance() {
        step += 1
        phaseStep += 1
        if phase == .meta { stageStep += 1 }
    }
}

extension TrainingState {
    /// Reads the state that any program so far has written: keys that came later are as they are at the start.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        phase = try container.decode(Phase.self, forKey: .phase)
        step = try container.decode(Int.self, forKey: .step)
        phaseStep = try container.decode(Int.self, forKey: .phaseStep)
        stage = try container.decode(Int.self, forKey: .stage)
        stageStep = try container.decode(Int.self, forKey: .stageStep)
        lastStageSteps = try container.decodeIfPresent(Int.self, forKey: .lastStageSteps)
        skippedSteps = try container.decode(Int.self, forKey: .skippedSteps)
        skippedInARow = try container.decode(Int.self, forKey: .skippedInARow)
        rowsDrawn = try container.decodeIfPresent([String: Int].self, forKey: .rowsDrawn) ?? [:]
        seconds = try container.decodeIfPresent(Double.self, forKey: .seconds)
        meanLoss = try container.decodeIfPresent(Double.self, forKey: .meanLoss)
        best = try container.decodeIfPresent(Best.self, forKey: .best)
        evaluationsSinceBest = try container.decodeIfPresent(Int.self, forKey: .evaluationsSinceBest) ?? 0
    }
}

// MARK: - The way along the curriculum

extension TrainingState {
    /// Ends the stage at hand if its goal is met by `evaluation` (where there was one), its patience is at an end or its
    /// steps are spent; ends the run after the last stage, or when it is out of time. Notes the evaluation.
    ///
    /// One that ends a stage before the last, other than by the end of patience, is not noted: the step's checkpoint
    /// belongs to the next stage already, and its model may take more inner steps than were measured.
    mutating func advanceStage(
        in configuration: TrainingConfiguration, evaluation: Evaluation?
    ) -> StageEnd? {
        guard phase == .meta else { return nil }
        let stage = configuration.stage(of: self)
        let isLast = self.stage + 1 >= configuration.curriculum.count
        let isReached = stage.until.map { (evaluation?.sets[$0.setName]?.accuracy ?? 0) >= $0.accuracy } ?? false
        let isSpent = stageStep >= stage.maximumSteps
        var isPatienceAtEnd = false
        if let means = evaluation?.means(over: configuration.evaluation.setNames), isLast || !(isReached || isSpent) {
            record(accuracy: means.accuracy, loss: means.loss, by: configuration.evaluation.metric)
            isPatienceAtEnd = configuration.evaluation.patience.map { evaluationsSinceBest >= $0 } ?? false
        }
        let evaluations = evaluationsSinceBest
        let isOver = isReached || isPatienceAtEnd || isSpent, isOutOfTime = isOutOfTime(in: configuration)
        guard isOver || isOutOfTime else { return nil }
        if isOutOfTime || isLast { phase = .finished }
        if isOver {
            if isLast { lastStageSteps = isSpent && !isReached && !isPatienceAtEnd ? stageStep : nil }
            self.stage += 1
            (stageStep, evaluationsSinceBest) = (0, 0)
        }
        let reason: StageEnd.Reason =
            isOutOfTime
            ? .outOfTime : isReached ? .goalMet : isPatienceAtEnd ? .noBetter(evaluations: evaluations) : .outOfSteps
        let next = phase == .finished ? nil : configuration.stage(of: self).name
        return StageEnd(stage: stage.name, reason: reason, next: next)
    }

    /// Whether the run has taken all the time that it may.
    private func isOutOfTime(in configuration: TrainingConfiguration) -> Bool {
        guard let limit = configuration.maximumSeconds, let seconds else { return false }
        return seconds >= Double(limit)
    }

    /// Has a finished run train on where its configuration now gives it more to do: further stages, more steps of a last
    /// stage that was out of them, or more time.
    mutating func reopen(for configuration: TrainingConfiguration) {
        let stages = configuration.curriculum
        guard phase == .finished, !isOutOfTime(in: configuration) else { return }
        if stage == stages.count, let steps = lastStageSteps, steps < stages[stage - 1].maximumSteps {
            (stage, stageStep) = (stage - 1, steps)
        }
        guard stage < stages.count else { return }
        (phase, lastStageSteps) = (.meta, nil)
    }
}

extension TrainingConfiguration {
    /// The stage of the curriculum at hand; the last one once that is over.
    func stage(of state: TrainingState) -> CurriculumStage { curriculum[min(state.stage, curriculum.count - 1)] }
}
