/// Where a training run stands: together with the model and the optimizer's moments, all that a later process needs to
/// go on to the same numbers.
struct TrainingState: Codable, Equatable {
    enum Phase: String, Codable { case base, meta, finished }

    /// An evaluation, by the step and the stage that it was made at.
    struct Evaluation: Codable, Equatable {
        let step: Int
        let stage: Int
        /// The mean over the numbers of people.
        let accuracy: Double
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
    /// A running mean of the loss.
    var meanLoss: Double?
    /// The best evaluation of the newest stage that has one; of equals the first.
    var best: Evaluation?

    mutating func record(loss: Double) { meanLoss = meanLoss.map { 0.95 * $0 + 0.05 * loss } ?? loss }

    /// Notes an evaluation at this step. One of another stage measured other documents, so it is not compared.
    mutating func record(accuracy: Double) {
        if let best, best.stage == stage, best.accuracy >= accuracy { return }
        best = Evaluation(step: step, stage: stage, accuracy: accuracy)
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
