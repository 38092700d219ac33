import Foundation
import LanguageModel
import MetaTrainingSupport
import PERKModel
import Testing

@testable import MetaTraining

/// Moving along the curriculum.
@Suite struct CurriculumTests {
    /// A run of meta-training alone, with a goal in its first stage.
    private func run(innerSteps: Int) throws -> TrainingRun {
        var configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        configuration.curriculum[0].until = StageGoal(accuracy: 0.5, people: 4)
        configuration.curriculum[0].innerSteps = innerSteps
        return try TrainingRun(configuration, checkpoint: nil)
    }

    @Test func stageEndsWhenItsGoalIsMet() throws {
        var run = try run(innerSteps: 1)
        _ = try run.takeStep()
        #expect(run.advanceStage(evaluation: nil) == nil && run.stage.name == "one")
        #expect(run.advanceStage(evaluation: Evaluation(accuracy: [2: 1, 4: 0.49])) == nil && run.stage.name == "one")
        #expect(
            run.advanceStage(evaluation: Evaluation(accuracy: [4: 0.5]))?.description
                == "stage one has met its goal; now two")
        #expect(run.stage.name == "two" && run.state.stageStep == 0 && run.state.phaseStep == 1)
    }

    @Test func stageEndsWhenItsStepsAreSpent() throws {
        var run = try run(innerSteps: 1)
        for _ in 0..<3 {
            #expect(run.stage.name == "one")
            #expect(try run.takeStep().stage == "one")
            _ = run.advanceStage(evaluation: Evaluation(accuracy: [4: 0]))
        }
        #expect(run.stage.name == "two" && run.state.stage == 1)
    }

    @Test func runEndsWithTheLastStage() throws {
        var run = try run(innerSteps: 1)
        let events = try run.train()
        #expect(
            events.stageEnds == [
                "stage one is out of steps; now two", "stage two is out of steps, and with it the run",
            ])
        guard case .finished? = events.last else {
            Issue.record("the last event is another one")
            return
        }
        #expect(run.state.phase == .finished && run.state.step == 6)
        #expect(run.advanceStage(evaluation: nil) == nil)
    }

    /// New inner steps bring rates of their own, half of the last known one.
    @Test func changeOfInnerStepsBeginsTheMomentsAnew() throws {
        var run = try run(innerSteps: 1)
        _ = try run.takeStep()
        let before = run.checkpoint
        #expect(before.model.learned.innerLoop.steps == 1 && before.optimizer.updates == 1)
        _ = run.advanceStage(evaluation: Evaluation(accuracy: [4: 1]))
        let after = run.checkpoint
        #expect(after.model.learned.innerLoop.steps == 2 && after.optimizer.updates == 0)
        for (old, new) in zip(0..<14, 0..<14) {
            let rates = after.model.learned.logRates[new].scalars
            #expect(rates[0] == before.model.learned.logRates[old].scalars[0])
            #expect(abs(rates[0] - rates[1] - 0.6931472) < 1e-6)
        }
    }

    @Test func aStageCutsDocumentsIntoSegmentsOfItsOwnLength() throws {
        var configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        configuration.curriculum[0].until = StageGoal(accuracy: 0.5, people: 4)
        configuration.curriculum[1].sentencesPerSegment = 3
        var run = try TrainingRun(configuration)
        #expect(run.checkpoint.model.format.sentencesPerSegment == 1)
        let loss = try run.evaluate().sets["4 people"]?.loss
        _ = run.advanceStage(evaluation: Evaluation(accuracy: [4: 1]))
        #expect(run.checkpoint.model.format.sentencesPerSegment == 3)
        // The same documents, learned in other pieces. The model of the second stage has one inner step more, too.
        configuration.curriculum[1].sentencesPerSegment = nil
        configuration.curriculum[1].innerSteps = 1
        configuration.curriculum[1].documents = configuration.curriculum[0].documents
        configuration.curriculum[1].until = configuration.curriculum[0].until
        var other = try TrainingRun(configuration)
        _ = other.advanceStage(evaluation: Evaluation(accuracy: [4: 1]))
        #expect(try other.evaluate().sets["4 people"]?.loss == loss)
        configuration.curriculum[1].sentencesPerSegment = 3
        other = try TrainingRun(configuration)
        _ = other.advanceStage(evaluation: Evaluation(accuracy: [4: 1]))
        #expect(try other.evaluate().sets["4 people"]?.loss != loss)
    }

    @Test func aResumedStageCutsDocumentsAsItDid() throws {
        var configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        configuration.curriculum[0].sentencesPerSegment = 2
        let run = try TrainingRun(configuration)
        let resumed = try TrainingRun(configuration, checkpoint: run.checkpoint)
        #expect(resumed.checkpoint.model.format.sentencesPerSegment == 2)
        #expect(try resumed.evaluate() == run.evaluate())
        // What the configuration says of the stage counts, not what the checkpoint's model was served.
        configuration.curriculum[0].sentencesPerSegment = nil
        let changed = try TrainingRun(configuration, checkpoint: run.checkpoint)
        #expect(changed.checkpoint.model.format.sentencesPerSegment == 1)
    }

    @Test func stageWithTheSameInnerStepsKeepsTheMoments() throws {
        var run = try run(innerSteps: 2)
        _ = try run.takeStep()
        let before = run.checkpoint.optimizer
        _ = run.advanceStage(evaluation: Evaluation(accuracy: [4: 1]))
        #expect(run.stage.name == "two")
        #expect(run.checkpoint.optimizer.updates == 1 && run.checkpoint.optimizer.m == before.m)
    }

    @Test func accuracyIsMeasuredForTheGoalToo() throws {
        let run = try run(innerSteps: 1)
        let evaluation = try run.evaluate()
        #expect(Set(evaluation.sets.keys) == ["1 people", "4 people"])
        #expect(evaluation.sets.values.allSatisfy { (0...1).contains($0.accuracy) && $0.loss > 0 })
        // One document with one fact for each, asked twice.
        #expect(evaluation.sets.values.allSatisfy { $0.questions == 2 })
    }

    @Test func stageEndsWhenTheSetThatItsGoalNamesIsAnswered() throws {
        var configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        var task = EvaluationTask()
        (task.task, task.length, task.documents) = (.qa1, 120, 2)
        configuration.evaluation.tasks = [task]
        configuration.curriculum[0].until = StageGoal(accuracy: 0.75, set: "qa1, 120 tokens")
        var run = try TrainingRun(configuration, checkpoint: nil)
        #expect(try Set(run.evaluate().sets.keys) == ["1 people", "qa1, 120 tokens"])
        func evaluation(accuracy: Double) -> Evaluation {
            var evaluation = Evaluation(accuracy: [1: 1, 4: 1])
            evaluation.sets["qa1, 120 tokens"] = .init(accuracy: accuracy, loss: 1, tokens: 120, questions: 2)
            return evaluation
        }
        #expect(run.advanceStage(evaluation: evaluation(accuracy: 0.74)) == nil && run.stage.name == "one")
        #expect(
            run.advanceStage(evaluation: evaluation(accuracy: 0.75))?.description
                == "stage one has met its goal; now two")
    }

    @Test func rateRisesAtFirstAndFallsInTheLastStageAlone() throws {
        let configuration = try TinyTraining.configuration()
        let learning = LearningRates(configuration: configuration)
        var state = TrainingState()
        state.begin(.meta)
        let rates = (0..<6).map { step in
            (state.phaseStep, state.stage, state.stageStep) = (step, step / 3, step % 3)
            return learning.metaRate(state) / configuration.meta.rate
        }
        #expect(rates[0] == 0.5 && rates[1] == 1 && rates[2] == 1 && rates[3] == 1)
        // Half a cosine from 1 down to 0.05, at one and two thirds of its way: 0.05 + 0.95·0.75, 0.05 + 0.95·0.25.
        #expect(abs(rates[4] - 0.7625) < 1e-12 && abs(rates[5] - 0.2875) < 1e-12)
    }

    @Test func documentsGrowWithinAStage() throws {
        let folder = FileManager.default.temporaryDirectory
        let growth = "growth: {steps: 4, documents: {maximumPeople: 11}}"
        let configuration = try TrainingConfiguration(
            yaml: "tokenizer: t\ncurriculum: [{documents: {minimumPeople: 2, maximumPeople: 3}, \(growth)}]",
            file: "train.yaml", directory: folder)
        let stage = configuration.curriculum[0]
        #expect((0...5).map { stage.documents(afterSteps: $0).maximumPeople } == [3, 5, 7, 9, 11, 11])
        #expect((0...5).allSatisfy { stage.documents(afterSteps: $0).minimumPeople == 2 })
    }
}
