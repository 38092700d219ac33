@testable import MetaTraining

extension TrainingRun {
    /// Takes a step and moves along the curriculum, as a session does.
    ///
    /// - Returns: the step's figures and, where there was one, the evaluation.
    mutating func advance() throws -> (figures: StepFigures, evaluation: Evaluation?) {
        let figures = try takeStep()
        guard figures.phase == .meta else { return (figures, nil) }
        let isDue = state.phaseStep.isMultiple(of: configuration.evaluation.interval)
        let evaluation = isDue ? try evaluate() : nil
        _ = advanceStage(evaluation: evaluation)
        return (figures, evaluation)
    }
}

extension Evaluation {
    /// An evaluation of these accuracies, by number of people, and of one loss.
    init(accuracy: [Int: Double], loss: Double = 1) {
        self.init(
            sets: Dictionary(
                uniqueKeysWithValues: accuracy.map {
                    (Self.name(people: $0), Figures(accuracy: $1, loss: loss, tokens: 10, questions: 8))
                }))
    }
}
