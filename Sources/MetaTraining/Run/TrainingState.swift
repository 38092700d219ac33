/// Where a training run stands: together with the model and the optimizer's moments, all that a later process needs to
/// go on to the same numbers.
struct TrainingState: Codable, Equatable {
    enum Phase: String, Codable { case base, meta, finished }

    /// The best evaluation, by the step and the stage that it was made at.
    struct Best: Codable, Equatable {
        let step: Int
        let stage: Int
        /// Means over the configured sets of documents.
        let accuracy: Double
        let loss: Double

        /// By its accuracy, of equals by its loss; or by its loss alone. Only those of one stage can be compared, since
        /// another stage measures other documents.
        func isBetter(than other: Best, by metric: EvaluationMetric) -> Bool {
            switch metric {
            case .accuracy: (accuracy, -loss) > (other.accuracy, -other.loss)
            case .loss: loss < other.loss
            }
        }
    }

    var phase = Phase.base
    /// Steps done in all, over both phases; the metrics' steps.
    var step = 0
    /// Steps done in this phase.
    var phaseStep = 0
    /// The curriculum's stage and the steps done in it.
    var stage = 0
    var stageStep = 0
    /// Steps left out because a loss or gradient was not finite: in all, and in a row.
    var skippedSteps = 0
    var skippedInARow = 0
    /// The rows taken from each file of data, by its path.
    var rowsDrawn: [String: Int] = [:]
    /// The seconds that steps took, where they are limited; otherwise two runs of the same steps have the same state.
    var seconds: Double?
    /// A running mean of the loss.
    var meanLoss: Double?
    /// The best evaluation of the newest stage that has one; of equals the first.
    var best: Best?
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

    mutating func beginNextStage() {
        stage += 1
        (stageStep, evaluationsSinceBest) = (0, 0)
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
