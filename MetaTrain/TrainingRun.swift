import BenchmarkData
import DataParallel
import Foundation
import LanguageModel
import QuestionAnswering
import Tensors
import TestTimeLearning
import Tokenization

/// Too many steps in a row gave numbers that are not finite.
struct TrainingDiverged: SharedFailure, CustomStringConvertible {
    let step: Int
    let skipped: Int

    var description: String {
        "step \(step): \(skipped) steps in a row had a loss or gradient that is not finite: lower meta.rate, or "
            + "meta.rateOfRates, and go on with --resume from the last checkpoint"
    }
}

/// Base training, then meta-training along the curriculum; on each of the ranks that share its work.
struct TrainingRun {
    /// Give up after so many skipped steps in a row.
    static let skipLimit = 10

    let configuration: TrainingConfiguration
    private let data: TrainingData
    private let paces: TrainingPaces
    private var model: AnsweringModel
    private var optimizer: OuterOptimizer<Float>
    private var averaging: RankAveraging
    private(set) var state: TrainingState
    /// What of the base model the outer loop trains.
    private let base: TrainedBase

    /// Begins a run, or takes it up again at `checkpoint`.
    ///
    /// - Throws: `TooManyRanks`, `MethodConflict`, and what making the model throws.
    init(
        _ configuration: TrainingConfiguration, checkpoint: TrainingCheckpoint?,
        ranks: any Communicator = SingleProcess()
    ) throws {
        try configuration.requireWork(for: ranks.size)
        self.configuration = configuration
        averaging = RankAveraging(ranks: ranks, settings: configuration.parallel)
        if let checkpoint {
            (model, optimizer, state) = (checkpoint.model, checkpoint.optimizer, checkpoint.state)
        } else {
            model = try configuration.freshModel()
            optimizer = OuterOptimizer(for: configuration.base.steps > 0 ? model.learned.baseParameters : [])
            state = TrainingState()
        }
        // What was measured of the model does not hold for what it becomes.
        model.forgetMeasurements()
        if let note = model.use(configuration.arithmetic), ranks.rank == 0 {
            FileHandle.standardError.write(Data("perk-meta-train: \(note)\n".utf8))
        }
        base = try configuration.meta.trainedBase(layers: model.learned.configuration.layers)
        try configuration.requireMethod(of: model)
        let files = try configuration.rowFiles()
        data = TrainingData(
            seed: UInt64(configuration.seed), tokenizer: model.tokenizer, format: model.format,
            longestSequence: model.learned.configuration.longestSequence, method: model.method,
            endsSegmentsInPrompt: model.endsSegmentsInPrompt, files: files,
            heldOutFiles: try configuration.heldOutFiles(files),
            texts: try configuration.clozeSentences(),
            // Every rank draws the same rows; one tells of those that are left out.
            report: ranks.rank == 0 ? TrainingData.tellOnStandardError : TrainingData.tellNobody)
        paces = TrainingPaces(configuration: configuration)
        if checkpoint == nil && configuration.base.steps == 0 { beginMetaTraining() }
        guard ranks.size > 1 else { return }
        // Each rank has made or read the same, but for the rounding of another kind of processor.
        try ranks.broadcast(&trained)
        averaging.begin(trained, outerMomentum: checkpoint?.outerMomentum)
    }

    /// What the run can be taken up again from; on several ranks, once they have settled.
    var checkpoint: TrainingCheckpoint {
        TrainingCheckpoint(
            model: model, optimizer: optimizer, outerMomentum: averaging.outerMomentum, state: state, base: base)
    }

    /// What the optimizer moves: in base training the base weights alone.
    private var trained: [Tensor<Float>] {
        get { state.phase == .base ? model.learned.baseParameters : model.learned.parameters(base: base) }
        set {
            if state.phase == .base {
                model.learned.baseParameters = newValue
            } else {
                model.learned.setParameters(newValue, base: base)
            }
        }
    }

    /// Has all ranks come to the same model and moments, where they take steps of their own. The run does so where it
    /// is measured and where its parameters may change shape; whoever saves it has to.
    mutating func settle() throws {
        guard !averaging.averagesGradients else { return }
        var parameters = trained
        try averaging.settle(&parameters, &optimizer)
        trained = parameters
    }

    /// Whether the model is to be measured as it is now: in meta-training at intervals, and before the first step.
    var isEvaluationDue: Bool {
        state.phase == .meta && state.phaseStep.isMultiple(of: configuration.evaluation.interval)
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
        /// The documents of which a part did not fit into a prompt, where documents stand there.
        var cutDocuments: Int?
        var skipped: Bool
    }

    /// Takes one step.
    ///
    /// - Throws: `TrainingDiverged`.
    mutating func takeStep() throws -> StepFigures {
        let start = ContinuousClock.now
        let figures = try state.phase == .base ? takeBaseStep() : takeMetaStep()
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
            try settle()
            beginMetaTraining()
        }
        if isEvaluationDue || state.phase == .meta && state.stageStep >= stage.maximumSteps { try settle() }
        return figures
    }

    /// Adds to the run's time where that is limited; the first rank's clock counts for all.
    private mutating func count(_ duration: Duration) throws {
        guard configuration.maximumSeconds != nil else { return }
        var seconds = [duration / .seconds(1)]
        try averaging.ranks.broadcast(&seconds)
        state.seconds = (state.seconds ?? 0) + seconds[0]
    }

    /// Whether the run has taken all the time that it may.
    private var isOutOfTime: Bool {
        guard let limit = configuration.maximumSeconds, let seconds = state.seconds else { return false }
        return seconds >= Double(limit)
    }

    /// Moves what is trained against its gradients, unless the loss or a gradient, on any rank, is not finite.
    private mutating func update(
        _ gradients: [Tensor<Float>], loss: Double, clipNorm: Double, paces: [OuterOptimizer<Float>.Pace]
    ) throws -> (norm: Double, skipped: Bool) {
        var gradients = gradients
        let norm = try averaging.mean(clipGlobalNorm(&gradients, to: clipNorm))
        guard loss.isFinite && norm.isFinite else { return (norm, true) }
        var parameters = trained
        optimizer.update(&parameters, gradients: gradients, paces: paces)
        try averaging.finishStep(&parameters)
        trained = parameters
        return (norm, false)
    }

    private mutating func takeBaseStep() throws -> StepFigures {
        let base = configuration.base
        let sequences = try data.sequences(base.batch, settings: base.documents, step: state.phaseStep)
        let (loss, gradients) = try model.learned.languageModellingGradient(
            sequences, threads: configuration.threads, over: averaging.ranks,
            isAveraged: averaging.averagesGradients)
        let rate = paces.baseRate(state)
        let (norm, skipped) = try update(
            gradients, loss: loss, clipNorm: base.clipNorm, paces: paces.base(gradients.count, rate: rate))
        return StepFigures(
            phase: .base, loss: loss, gradientNorm: norm, rate: rate,
            tokens: sequences.tokenCount, skipped: skipped)
    }

    private mutating func takeMetaStep() throws -> StepFigures {
        let meta = configuration.meta
        let examples = try data.tasks(
            meta.tasksPerStep, stage: stage, stageStep: state.stageStep, step: state.phaseStep,
            drawn: &state.rowsDrawn)
        let tasks = examples.map(\.task)
        let tokens = tasks.reduce(0) { $0 + $1.segments.tokenCount + $1.questions.tokenCount }
        let rate = paces.metaRate(state, stage: stage)
        let gradient: MetaGradient<Float>
        do {
            gradient = try model.learned.metaGradient(
                of: tasks, groupSize: meta.tasksPerPass, threads: configuration.threads, base: base,
                keptBytes: configuration.keptBytes ?? DocumentEncoder<Float>.defaultKeptBytes, over: averaging.ranks,
                isAveraged: averaging.averagesGradients)
        } catch is EncodingDiverged {
            return StepFigures(
                phase: .meta, stage: stage.name, loss: .nan, gradientNorm: .nan, rate: rate, tokens: tokens,
                skipped: true)
        }
        let gradients = gradient.tensors
        let (norm, skipped) = try update(
            gradients, loss: gradient.outerLoss, clipNorm: meta.clipNorm,
            paces: paces.meta(gradients.count, rate: rate, learnsRates: configuration.inner.learnRates))
        return StepFigures(
            phase: .meta, stage: stage.name, loss: gradient.outerLoss, innerLosses: gradient.innerLosses,
            gradientNorm: norm, rate: rate, tokens: tokens,
            cutDocuments: model.method == .inContext ? examples.count(where: \.isCut) : nil, skipped: skipped)
    }

    private mutating func beginMetaTraining() {
        state.begin(.meta)
        beginOptimizing(innerSteps: stageInnerSteps)
    }

    /// None where the document stands in the prompt.
    private var stageInnerSteps: Int {
        model.method == .inContext ? 0 : stage.innerSteps ?? configuration.inner.steps
    }

    /// Gives the model so many inner steps. The rates' moments change shape with them, so every moment begins anew.
    private mutating func beginOptimizing(innerSteps: Int) {
        model.learned.setInnerSteps(innerSteps)
        optimizer = OuterOptimizer(for: trained)
        averaging.begin(trained)
    }

    /// Measures the model on held-out documents as those of the stage at hand.
    func evaluate() throws -> Evaluation {
        let evaluation = configuration.evaluation
        var result = Evaluation(sets: [:])
        func measure(_ count: Int, of source: any DocumentSource) throws {
            try result.measure(
                source.label.name, of: model, on: data.heldOut(count, of: source), threads: configuration.threads,
                ranks: averaging.ranks)
        }
        // In an order that is the same on every rank.
        for people in Set(evaluation.people + [stage.until?.measuredPeople].compactMap(\.self)).sorted() {
            let settings = stage.documents(afterSteps: state.stageStep)
            try measure(evaluation.documents, of: EvaluationSection.source(people: people, settings: settings))
        }
        for task in evaluation.tasks {
            try measure(task.documents, of: task.source(tokenizer: data.tokenizer, texts: data.texts))
        }
        for (file, source) in zip(evaluation.files, data.heldOutFiles) { try measure(file.documents, of: source) }
        return result
    }

    /// Goes on to the next stage if this one's goal is met by `evaluation` (where there was one), its patience is at an
    /// end or its steps are spent; ends the run after the last, or when it is out of time. Notes the evaluation.
    ///
    /// One that ends a stage before the last, other than by the end of patience, is not noted: the step's checkpoint
    /// belongs to the next stage already, and its model may take more inner steps than were measured.
    ///
    /// - Returns: a sentence for the person who watches, if anything changed.
    mutating func advanceStage(evaluation: Evaluation?) -> String? {
        guard state.phase == .meta else { return nil }
        let isLast = state.stage + 1 == configuration.curriculum.count
        let reached = stage.until.map { goal in
            (evaluation?.sets[goal.setName]?.accuracy ?? 0) >= goal.accuracy
        }
        let isSpent = state.stageStep >= stage.maximumSteps
        var isPatienceAtEnd = false
        if let means = evaluation?.means(over: configuration.evaluation.setNames),
            isLast || !(reached ?? false || isSpent)
        {
            state.record(accuracy: means.accuracy, loss: means.loss, by: configuration.evaluation.metric)
            isPatienceAtEnd = configuration.evaluation.patience.map { state.evaluationsSinceBest >= $0 } ?? false
        }
        if isOutOfTime {
            state.phase = .finished
            return "the run is out of time in stage \(stage.name)"
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
