import MetaTrainingSupport
import Testing

@testable import MetaTraining

/// Stages that end because held-out documents are not answered better any more.
@Suite struct EarlyStoppingTests {
    private func run(_ evaluation: String) throws -> TrainingRun {
        let changes = [
            "base": "{steps: 0}", "evaluation": "{interval: 1, documents: 1, people: [1], \(evaluation)}",
        ]
        var configuration = try TinyTraining.configuration(changes: changes)
        for stage in configuration.curriculum.indices { configuration.curriculum[stage].maximumSteps = 9 }
        return try TrainingRun(configuration, checkpoint: nil)
    }

    /// The messages of a run whose evaluations give these figures.
    private func messages(
        _ evaluation: String, _ figures: [(accuracy: Double, loss: Double)]
    ) throws -> (messages: [String?], run: TrainingRun) {
        var run = try run(evaluation)
        let messages = try figures.map { figures in
            _ = try run.takeStep()
            return run.advanceStage(evaluation: Evaluation(accuracy: [1: figures.accuracy], loss: figures.loss))?
                .description
        }
        return (messages, run)
    }

    @Test func patienceEndsAStageAndThenTheRun() throws {
        let figures = [0.25, 0.5, 0.5, 0.25, 0.5, 0.25, 0.25].map { (accuracy: $0, loss: 1.0) }
        let (messages, run) = try messages("patience: 2", figures)
        #expect(
            messages == [
                nil, nil, nil, "stage one has not become better in 2 evaluations; now two", nil, nil,
                "stage two has not become better in 2 evaluations, and with it the run",
            ])
        #expect(run.state.phase == .finished && run.state.best?.step == 5 && run.state.best?.accuracy == 0.5)
    }

    @Test func theLossMayDecide() throws {
        let figures = [(0.5, 2.0), (0.25, 1.5), (0.25, 1.6), (1.0, 1.5)].map { (accuracy: $0.0, loss: $0.1) }
        let (messages, run) = try messages("patience: 2, metric: loss", figures)
        #expect(messages.dropLast().allSatisfy { $0 == nil } && messages.last??.contains("2 evaluations") == true)
        #expect(run.state.best?.step == 2 && run.state.stage == 1 && run.state.evaluationsSinceBest == 0)
    }

    @Test func aLowerLossDecidesBetweenEqualAccuracies() throws {
        let figures = [(0.5, 2.0), (0.5, 1.5), (0.5, 1.5)].map { (accuracy: $0.0, loss: $0.1) }
        #expect(try messages("patience: 5", figures).run.state.best?.step == 2)
    }

    @Test func withoutPatienceAStageTakesItsSteps() throws {
        let figures = (0..<9).map { _ in (accuracy: 0.5, loss: 1.0) }
        let messages = try messages("metric: accuracy", figures).messages
        #expect(messages.dropLast().allSatisfy { $0 == nil })
        #expect(messages.last == "stage one is out of steps; now two")
    }
}
