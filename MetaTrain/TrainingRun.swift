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
        data = TrainingData(
            seed: UInt64(configuration.seed), tokenizer: model.tokenizer, format: model.format,
            longestSequence: model.learned.configuration.longestSequence)
        paces = TrainingPaces(configuration: configuration)
        if checkpoint == nil && configuration.base.steps == 0 { beginMetaTraining() }
    }

    var checkpoint: TrainingCheckpoint {
        TrainingCheckpoint(
            model: model, optimizer: optimizer, state: state, includesBase: configuration.meta.trainBase)
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
        var skipped: Bool
    }

    /// Takes one step.
    ///
    /// - Throws: `TrainingDiverged`.
    mutating func takeStep() throws -> StepFigures {
        if state.phase == .base && state.phaseStep >= configuration.base.steps { beginMetaTraining() }
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
        return StepFigures(phase: .base, loss: loss, gradientNorm: norm, rate: rate, skipped: skipped)
    }

    private mutating func takeMetaStep() throws -> StepFigures {
        let meta = configuration.meta
        let tasks = try data.tasks(meta.tasksPerStep, settings: stage.documents, step: state.phaseStep)
        let rate = paces.metaRate(state, stage: stage)
        let gradient: MetaGradient<Float>
        do {
            gradient = try model.learned.metaGradient(
                of: tasks, groupSize: meta.tasksPerPass, threads: configuration.threads, includingBase: meta.trainBase)
        } catch is EncodingDiverged {
            return StepFigures(
                phase: .meta, stage: stage.name, loss: .nan, gradientNorm: .nan, rate: rate, skipped: true)
        }
        var gradients = gradient.tensors
        let norm = clipGlobalNorm(&gradients, to: meta.clipNorm)
        let skipped = !(gradient.outerLoss.isFinite && norm.isFinite)
        if !skipped {
            var parameters = model.learned.parameters(includingBase: meta.trainBase)
            optimizer.update(
                &parameters, gradients: gradients,
                paces: paces.meta(parameters.count, rate: rate, learnsRates: configuration.inner.learnRates))
            model.learned.setParameters(parameters, includingBase: meta.trainBase)
        }
        return StepFigures(
            phase: .meta, stage: stage.name, loss: gradient.outerLoss, innerLosses: gradient.innerLosses,
            gradientNorm: norm, rate: rate, skipped: skipped)
    }

    private mutating func beginMetaTraining() {
        state.begin(.meta)
        beginOptimizing(innerSteps: stageInnerSteps)
    }

    private var stageInnerSteps: Int { stage.innerSteps ?? configuration.inner.steps }

    /// Gives the model so many inner steps. The rates' moments change shape with them, so every moment begins anew.
    private mutating func beginOptimizing(innerSteps: Int) {
        model.learned.setInnerSteps(innerSteps)
        optimizer = OuterOptimizer(for: model.learned.parameters(includingBase: configuration.meta.trainBase))
    }

    /// Held-out accuracy by number of people.
    func evaluate() throws -> [Int: Double] {
        let evaluation = configuration.evaluation
        let encoder = DocumentEncoder(model: model.learned, threads: configuration.threads)
        var accuracy: [Int: Double] = [:]
        for people in Set(evaluation.people + (stage.until.map { [$0.people] } ?? [])) {
            let tasks = try data.heldOut(evaluation.documents, settings: stage.documents, people: people)
            var right = 0, asked = 0
            for task in tasks {
                let adapter = try encoder.encode([task.segments]).adapter
                let answers = encoder.answersGreedily([task.questions], adapter: adapter)[0]
                right += answers.count { $0 }
                asked += answers.count
            }
            accuracy[people] = Double(right) / Double(max(1, asked))
        }
        return accuracy
    }

    /// The mean over the configured numbers of people; `nil` where none of them was measured.
    private func meanAccuracy(_ accuracy: [Int: Double]) -> Double? {
        // In the order of the configuration, for a sum depends on its order.
        let measured = configuration.evaluation.people.compactMap { accuracy[$0] }
        return measured.isEmpty ? nil : measured.reduce(0, +) / Double(measured.count)
    }

    /// Goes on to the next stage if this one's goal is met by `accuracy` (where it was measured) or its steps are spent;
    /// ends the run after the last. Notes the accuracy if it is the best.
    ///
    /// What ends a stage before the last is not noted: the step's checkpoint belongs to the next stage already, and its
    /// model may take more inner steps than were measured.
    ///
    /// - Returns: a sentence for the person who watches, if anything changed.
    mutating func advanceStage(accuracy: [Int: Double]?) -> String? {
        guard state.phase == .meta else { return nil }
        let reached = stage.until.map { (accuracy?[$0.people] ?? 0) >= $0.accuracy } ?? false
        let isOver = reached || state.stageStep >= stage.maximumSteps
        if let mean = accuracy.flatMap(meanAccuracy), !isOver || state.stage + 1 == configuration.curriculum.count {
            state.record(accuracy: mean)
        }
        guard isOver else { return nil }
        let finished = stage.name
        state.stage += 1
        state.stageStep = 0
        guard state.stage < configuration.curriculum.count else {
            state.phase = .finished
            return "stage \(finished) is done, and with it the run"
        }
        if stageInnerSteps != model.learned.innerLoop.steps { beginOptimizing(innerSteps: stageInnerSteps) }
        return "stage \(finished) \(reached ? "has met its goal" : "is out of steps"); now \(stage.name)"
    }
}
