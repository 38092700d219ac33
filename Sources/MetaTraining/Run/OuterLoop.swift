import BenchmarkData
import DataParallel
import LanguageModel
import PERKModel
import Tensors
import TestTimeLearning

/// The model that is trained, what moves it, and how a step is taken; on each of the ranks that share its work.
struct OuterLoop {
    private let configuration: TrainingConfiguration
    private var data: TrainingData
    private let rates: LearningRates
    private(set) var model: AnsweringModel
    private(set) var optimizer: OuterOptimizer<Float>
    private(set) var averaging: RankAveraging
    /// What the optimizer moves: in base training the base weights alone.
    private var trained: TrainedParameters
    private let base: TrainedBase

    /// Begins with the configuration's model, or with that of `checkpoint`.
    ///
    /// - Parameter report: told what a person should know.
    /// - Throws: `TooManyRanks`, `MethodConflict`, and what making the model throws.
    init(
        _ configuration: TrainingConfiguration, checkpoint: TrainingCheckpoint?, ranks: any Communicator,
        report: @escaping @Sendable (String) -> Void
    ) throws {
        try configuration.requireWork(for: ranks.size)
        self.configuration = configuration
        averaging = RankAveraging(ranks: ranks, settings: configuration.parallel)
        model = try checkpoint?.model ?? configuration.freshModel()
        // What was measured of the model does not hold for what it becomes.
        model.forgetMeasurements()
        if let note = model.use(configuration.arithmetic) { report(note) }
        base = try configuration.meta.trainedBase(layers: model.learned.configuration.layers)
        try configuration.requireMethod(of: model)
        trained = checkpoint?.trained ?? (configuration.base.steps > 0 ? .baseModel : .meta(base: base))
        optimizer = checkpoint?.optimizer ?? OuterOptimizer(for: model.learned.parameters(trained))
        let files = try configuration.rowFiles()
        data = TrainingData(
            seed: UInt64(configuration.seed), tokenizer: model.tokenizer, format: model.format,
            longestSequence: model.learned.configuration.longestSequence, method: model.method,
            endsSegmentsInPrompt: model.endsSegmentsInPrompt, files: files,
            heldOutFiles: try configuration.heldOutFiles(files),
            texts: try configuration.clozeSentences(), report: report)
        rates = LearningRates(configuration: configuration)
    }

    /// Has every rank begin from the first one's parameters: each has made or read the same, but for the rounding of
    /// another kind of processor.
    mutating func shareStart(outerMomentum: MetaParameters<Tensor<Float>>?) throws {
        guard averaging.ranks.size > 1 else { return }
        var parameters = model.learned.parameters(trained)
        try averaging.ranks.broadcast(&parameters.values)
        model.learned.setParameters(parameters, trained)
        averaging.begin(parameters, outerMomentum: outerMomentum)
    }

    /// Turns to meta-training, or to another number of inner steps. The rates' moments change shape with it, so every
    /// moment begins anew.
    mutating func beginMetaTraining(innerSteps: Int) {
        trained = .meta(base: base)
        model.learned.setInnerSteps(innerSteps)
        let parameters = model.learned.parameters(trained)
        optimizer = OuterOptimizer(for: parameters)
        averaging.begin(parameters)
    }

    /// Has documents cut into segments of so many sentences from now on: those of training and those that the model
    /// is served.
    mutating func cutSegments(sentences: Int) {
        model.format.sentencesPerSegment = sentences
        data.format = model.format
    }

    /// What the run can be resumed from; on several ranks, once they have settled.
    func checkpoint(_ state: TrainingState) -> TrainingCheckpoint {
        TrainingCheckpoint(
            model: model, optimizer: optimizer,
            outerMomentum: averaging.outerMomentum.map { optimizer.m.replacingValues(by: $0) }, state: state, base: base
        )
    }

    /// Has all ranks come to the same model and moments, where they take steps of their own. The run does so where it
    /// is measured and where its parameters may change shape; whoever saves it has to.
    mutating func settle() throws {
        guard !averaging.averagesGradients else { return }
        var parameters = model.learned.parameters(trained)
        try averaging.settle(&parameters, &optimizer)
        model.learned.setParameters(parameters, trained)
    }

    /// Moves what is trained against its gradients, unless the loss or a gradient, on any rank, is not finite.
    private mutating func update(
        _ gradients: MetaParameters<Tensor<Float>>, loss: Double, clipNorm: Double,
        settings: (ParameterGroup) -> LearningRates.Settings
    ) throws -> (norm: Double, skipped: Bool) {
        var gradients = gradients
        let norm = try averaging.mean(clipGlobalNorm(&gradients.values, to: clipNorm))
        guard loss.isFinite && norm.isFinite else { return (norm, true) }
        var parameters = model.learned.parameters(trained)
        optimizer.update(&parameters, gradients: gradients, settings: gradients.perGroup(settings))
        try averaging.finishStep(&parameters)
        model.learned.setParameters(parameters, trained)
        return (norm, false)
    }

    /// A step of plain language modelling.
    mutating func takeBaseStep(_ state: TrainingState) throws -> StepFigures {
        let base = configuration.base
        let sequences = try data.sequences(base.batch, settings: base.documents, step: state.phaseStep)
        let (loss, gradients) = try model.learned.languageModellingGradient(
            sequences, threads: configuration.threads, over: averaging.ranks,
            isAveraged: averaging.averagesGradients)
        let rate = rates.baseRate(state)
        let (norm, skipped) = try update(MetaParameters(base: gradients), loss: loss, clipNorm: base.clipNorm) {
            [rates] _ in
            rates.baseSettings(rate: rate)
        }
        return StepFigures(
            phase: .base, loss: loss, gradientNorm: norm, rate: rate,
            tokens: sequences.tokenCount, skipped: skipped)
    }

    /// A step of meta-training; notes the rows that it draws.
    mutating func takeMetaStep(_ state: inout TrainingState) throws -> StepFigures {
        let (meta, stage) = (configuration.meta, configuration.stage(of: state))
        let examples = try data.tasks(
            meta.tasksPerStep, stage: stage, stageStep: state.stageStep, step: state.phaseStep,
            drawn: &state.rowsDrawn)
        let tasks = examples.map(\.task)
        let tokens = tasks.reduce(0) { $0 + $1.segments.tokenCount + $1.questions.tokenCount }
        let rate = rates.metaRate(state)
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
        let (norm, skipped) = try update(
            gradient.gradients, loss: gradient.outerLoss, clipNorm: meta.clipNorm
        ) { [rates] group in
            rates.metaSettings(of: group, rate: rate)
        }
        return StepFigures(
            phase: .meta, stage: stage.name, loss: gradient.outerLoss, innerLosses: gradient.innerLosses,
            gradientNorm: norm, rate: rate, tokens: tokens,
            cutDocuments: model.method == .inContext ? examples.count(where: \.isCut) : nil, skipped: skipped)
    }

    /// Measures the model on held-out documents as those of the stage at hand.
    func evaluate(_ state: TrainingState) throws -> Evaluation {
        let (evaluation, stage) = (configuration.evaluation, configuration.stage(of: state))
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
}
