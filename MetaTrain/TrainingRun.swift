import Foundation
import LanguageModel
import LongContextBenchmarks
import QuestionAnswering
import Tensors
import TestTimeLearning
import Tokenization

/// Too many steps in a row gave numbers that are not finite.
struct TrainingDiverged: Error, CustomStringConvertible {
    let step: Int
    let skipped: Int

    var description: String {
        "step \(step): \(skipped) steps in a row had a loss or gradient that is not finite: lower meta.rate, or "
            + "meta.rateOfRates, and go on with --resume from the last checkpoint"
    }
}

/// Base training, then meta-training along the curriculum.
struct TrainingRun {
    /// Give up after so many skipped steps in a row.
    static let skipLimit = 10

    let configuration: TrainingConfiguration
    private let data: TrainingData
    private let paces: TrainingPaces
    private var model: AnsweringModel
    private var optimizer: OuterOptimizer<Float>
    private(set) var state: TrainingState
    /// What of the base model the outer loop trains.
    private let base: TrainedBase

    /// Begins a run, or takes it up again at `checkpoint`.
    init(_ configuration: TrainingConfiguration, checkpoint: TrainingCheckpoint?) throws {
        self.configuration = configuration
        if let checkpoint {
            (model, optimizer, state) = (checkpoint.model, checkpoint.optimizer, checkpoint.state)
        } else {
            model = try configuration.freshModel()
            optimizer = OuterOptimizer(for: configuration.base.steps > 0 ? model.learned.baseParameters : [])
            state = TrainingState()
        }
        base = try configuration.meta.trainedBase(layers: model.learned.configuration.layers)
        data = TrainingData(
            seed: UInt64(configuration.seed), tokenizer: model.tokenizer, format: model.format,
            longestSequence: model.learned.configuration.longestSequence, files: try configuration.rowFiles())
        paces = TrainingPaces(configuration: configuration)
        if checkpoint == nil && configuration.base.steps == 0 { beginMetaTraining() }
    }

    var checkpoint: TrainingCheckpoint {
        TrainingCheckpoint(
            model: model, optimizer: optimizer, state: state, base: base)
    }

    /// The stage of the curriculum at hand.
    var stage: CurriculumStage { configuration.curriculum[min(state.stage, configuration.curriculum.count - 1)] }

    /// The figures of one step, as they go to the metrics file.
    struct StepFigures: Encodable {
        var phase: TrainingState.Phase
        var stage: String?
        var loss: Double
        var innerLosses: [Double]?
        var gradientNorm: Double
        var rate: Double
        /// Tokens of the documents and of the questions with their answers.
        var tokens: Int
        var skipped: Bool
    }

    /// Takes one step.
    ///
    /// - Throws: `TrainingDiverged`.
    mutating func takeStep() throws -> StepFigures {
        let figures = try state.phase == .base ? takeBaseStep() : takeMetaStep()
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
        if state.phase == .base && state.phaseStep >= configuration.base.steps { beginMetaTraining() }
        return figures
    }

    private mutating func takeBaseStep() throws -> StepFigures {
        let base = configuration.base
        let sequences = try data.sequences(base.batch, settings: base.documents, step: state.phaseStep)
        var (loss, gradients) = try model.learned.languageModellingGradient(sequences, threads: configuration.threads)
        var parameters = model.learned.baseParameters
        let norm = clipGlobalNorm(&gradients, to: base.clipNorm)
        let rate = paces.baseRate(state)
        let skipped = !(loss.isFinite && norm.isFinite)
        if !skipped {
            optimizer.update(&parameters, gradients: gradients, paces: paces.base(parameters.count, rate: rate))
            model.learned.baseParameters = parameters
        }
        return StepFigures(
            phase: .base, loss: loss, gradientNorm: norm, rate: rate,
            tokens: sequences.reduce(0) { $0 + $1.tokens.count }, skipped: skipped)
    }

    private mutating func takeMetaStep() throws -> StepFigures {
        let meta = configuration.meta
        let tasks = try data.tasks(
            meta.tasksPerStep, stage: stage, stageStep: state.stageStep, step: state.phaseStep,
            drawn: &state.rowsDrawn)
        let tokens = tasks.reduce(0) { $0 + ($1.segments + $1.questions).reduce(0) { $0 + $1.tokens.count } }
        let rate = paces.metaRate(state, stage: stage)
        let gradient: MetaGradient<Float>
        do {
            gradient = try model.learned.metaGradient(
                of: tasks, groupSize: meta.tasksPerPass, threads: configuration.threads, base: base)
        } catch is EncodingDiverged {
            return StepFigures(
                phase: .meta, stage: stage.name, loss: .nan, gradientNorm: .nan, rate: rate, tokens: tokens,
                skipped: true)
        }
        var gradients = gradient.tensors
        let norm = clipGlobalNorm(&gradients, to: meta.clipNorm)
        let skipped = !(gradient.outerLoss.isFinite && norm.isFinite)
        if !skipped {
            var parameters = model.learned.parameters(base: base)
            optimizer.update(
                &parameters, gradients: gradients,
                paces: paces.meta(parameters.count, rate: rate, learnsRates: configuration.inner.learnRates))
            model.learned.setParameters(parameters, base: base)
        }
        return StepFigures(
            phase: .meta, stage: stage.name, loss: gradient.outerLoss, innerLosses: gradient.innerLosses,
            gradientNorm: norm, rate: rate, tokens: tokens, skipped: skipped)
    }

    private mutating func beginMetaTraining() {
        state.begin(.meta)
        beginOptimizing(innerSteps: stageInnerSteps)
    }

    private var stageInnerSteps: Int { stage.innerSteps ?? configuration.inner.steps }

    /// Gives the model so many inner steps. The rates' moments change shape with them, so every moment begins anew.
    private mutating func beginOptimizing(innerSteps: Int) {
        model.learned.setInnerSteps(innerSteps)
        optimizer = OuterOptimizer(for: model.learned.parameters(base: base))
    }

    /// Measures the model on held-out documents as those of the stage at hand.
    func evaluate() throws -> Evaluation {
        let evaluation = configuration.evaluation
        var sets: [String: Evaluation.Figures] = [:]
        for people in Set(evaluation.people + (stage.until.map { [$0.people] } ?? [])) {
            let documents = try data.heldOut(
                evaluation.documents, settings: stage.documents(afterSteps: state.stageStep), people: people)
            sets[Evaluation.name(people: people)] = try .init(
                of: model, on: documents, threads: configuration.threads)
        }
        for file in evaluation.files {
            sets[Evaluation.name(file: file)] = try .init(
                of: model, on: data.heldOut(file), threads: configuration.threads)
        }
        return Evaluation(sets: sets)
    }

    /// Goes on to the next stage if this one's goal is met by `evaluation` (where there was one), its patience is at an end
    /// or its steps are spent; ends the run after the last. Notes the evaluation.
    ///
    /// One that ends a stage before the last, other than by the end of patience, is not noted: the step's checkpoint belongs
    /// to the next stage already, and its model may take more inner steps than were measured.
    ///
    /// - Returns: a sentence for the person who watches, if anything changed.
    mutating func advanceStage(evaluation: Evaluation?) -> String? {
        guard state.phase == .meta else { return nil }
        let isLast = state.stage + 1 == configuration.curriculum.count
        let reached = stage.until.map { goal in
            (evaluation?.sets[Evaluation.name(people: goal.people)]?.accuracy ?? 0) >= goal.accuracy
        }
        let isSpent = state.stageStep >= stage.maximumSteps
        var isPatienceAtEnd = false
        if let means = evaluation?.means(over: configuration.evaluation.setNames),
            isLast || !(reached ?? false || isSpent)
        {
            state.record(accuracy: means.accuracy, loss: means.loss, by: configuration.evaluation.metric)
            isPatienceAtEnd = configuration.evaluation.patience.map { state.evaluationsSinceBest >= $0 } ?? false
        }
        let ending: String
        switch (reached ?? false, isPatienceAtEnd, isSpent) {
        case (true, _, _): ending = "has met its goal"
        case (_, true, _): ending = "has not become better in \(state.evaluationsSinceBest) evaluations"
        case (_, _, true): ending = "is out of steps"
        default: return nil
        }
        let finished = stage.name
        state.beginNextStage()
        guard !isLast else {
            state.phase = .finished
            return "stage \(finished) \(ending), and with it the run"
        }
        if stageInnerSteps != model.learned.innerLoop.steps { beginOptimizing(innerSteps: stageInnerSteps) }
        return "stage \(finished) \(ending); now \(stage.name)"
    }
}
