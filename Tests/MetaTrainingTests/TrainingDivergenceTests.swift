import MetaTrainingSupport
import PERKModel
import Tensors
import Testing
import TestTimeLearning

@testable import MetaTraining

/// Steps whose numbers are not finite.
@Suite struct TrainingDivergenceTests {
    /// A run whose model's logits overflow.
    private func overflowingRun(_ changes: [String: String]) throws -> TrainingRun {
        let configuration = try TinyTraining.configuration(changes: changes)
        let fresh = try TrainingRun(configuration, checkpoint: nil).checkpoint
        var model = fresh.model
        model.learned.weights = model.learned.weights.map {
            $0 == "model.norm.weight" ? .dense($1.tensor.scaled(by: 3e38)) : $1
        }
        return try TrainingRun(
            configuration,
            checkpoint: TrainingCheckpoint(
                model: model, optimizer: fresh.optimizer, state: fresh.state, base: fresh.base))
    }

    @Test(arguments: [[:], ["base": "{steps: 0}"]])
    func tenSkippedStepsInARowEndTheRun(changes: [String: String]) throws {
        var run = try overflowingRun(changes.isEmpty ? ["base": "{steps: 20, batch: 1}"] : changes)
        let digest = try run.checkpoint.model.modelDigest()
        for step in 1...9 {
            let figures = try run.takeStep()
            #expect(figures.skipped && !figures.loss.isFinite)
            #expect(run.state.skippedInARow == step && run.state.step == step && run.state.meanLoss == nil)
        }
        let error = #expect(throws: TrainingDiverged.self) { try run.takeStep() }
        #expect(error?.step == 10 && error?.skipped == 10)
        #expect(run.state.skippedSteps == 10)
        // No skipped step has moved anything but, at the first meta-step, the number of inner steps.
        let learned = run.checkpoint.model.learned
        #expect(learned.baseParameters.allSatisfy(\.isFinite) && run.checkpoint.optimizer.updates == 0)
        if changes.isEmpty { #expect(try run.checkpoint.model.modelDigest() == digest) }
    }

    @Test func goodStepEndsTheRow() throws {
        let configuration = try TinyTraining.configuration()
        let fresh = try TrainingRun(configuration, checkpoint: nil).checkpoint
        var state = fresh.state
        (state.skippedInARow, state.skippedSteps) = (9, 12)
        var run = try TrainingRun(
            configuration,
            checkpoint: TrainingCheckpoint(
                model: fresh.model, optimizer: fresh.optimizer, state: state, base: .all))
        #expect(try !run.takeStep().skipped)
        #expect(run.state.skippedInARow == 0 && run.state.skippedSteps == 12)
    }
}
