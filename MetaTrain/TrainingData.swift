import Foundation
import LanguageModel
import LongContextBenchmarks
import QuestionAnswering
import Tensors
import TestTimeLearning
import Tokenization

/// A document that is not trained on, as token sequences and as text.
struct HeldOutDocument {
    let task: TrainingData.Task
    /// In the order of the task's.
    let questions: [RowQuestion]
}

extension HeldOutDocument {
    /// What a model that has learned the document writes in answer to one of its questions, and whether that is right.
    ///
    /// - Throws: what `AdaptedModel.answer` does.
    func answer(
        to index: Int, by model: AdaptedModel, adapter: Adapter<Tensor<Float>>
    ) throws -> (text: String, isRight: Bool) {
        // Room for an answer that is a little longer than the right one.
        let limit = task.questions[index].targetCount + 16
        let text = try model.answer(
            questions[index].question, adapter: adapter, segments: task.segments.count,
            sampling: SamplingOptions(maxTokens: limit)
        ).text
        return (text, AnswerMetrics.exactMatch(text, questions[index].target))
    }
}

/// The documents of a run as meta-training tasks: generated ones, and those of files.
///
/// The tasks of a step depend on the seed, the step and the number of rows taken before it alone, so a resumed run sees what
/// an uninterrupted one would. A row's document is cut into segments as one that is submitted for service would be.
struct TrainingData {
    typealias Task = DocumentEncoder<Float>.Task

    let seed: UInt64
    let tokenizer: any Tokenizer
    let format: TextFormat
    /// The most tokens that the model can read in one sequence.
    let longestSequence: Int
    /// The files of rows that the configuration names, by their paths.
    var files: [String: RowFile] = [:]
    /// Told of each row that is left out.
    var report: @Sendable (String) -> Void = tellOnStandardError

    static let tellOnStandardError: @Sendable (String) -> Void = { line in
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }

    static let tellNobody: @Sendable (String) -> Void = { _ in }

    /// What a random choice is for; each has a stream of its own.
    private enum Purpose: UInt64 { case base, documents, numbers, origins, benchmarks }

    /// The tasks of one meta-training step.
    ///
    /// - Parameter drawn: the rows taken so far from each file, by its path.
    func tasks(
        _ count: Int, stage: CurriculumStage, stageStep: Int, step: Int, drawn: inout [String: Int]
    ) throws -> [Task] {
        var generator = try FactsGenerator(
            settings: stage.documents(afterSteps: stageStep), seed: seed(for: step, of: .documents), split: .training)
        var origins = RandomSource(seed: seed(for: step, of: .origins))
        var generators: [Int: any DocumentGenerator] = [:]
        var tasks: [Task] = []
        for index in 0..<count {
            let place = Self.place(in: stage.mixture, using: &origins)
            let part = place.map { stage.mixture[$0] } ?? MixturePart()
            let numbers = shuffledNumbers(seed: seed(for: step, of: .numbers), task: index)
            if let path = part.path, let file = files[path] {
                let source = RowSource(file, seed: seed, badRows: part.badRows, report: report)
                var count = drawn[path, default: 0]
                tasks.append(try source.next(drawn: &count) { try task($0, numbers: numbers) })
                drawn[path] = count
            } else if let place, let benchmark = part.task {
                var settings = generatorSettings(length: part.length(afterSteps: stageStep), facts: part.facts)
                (settings.world, settings.unanswerable) = (part.world, part.unanswerable)
                (settings.split, settings.seed) = (.training, seed(for: step, of: .benchmarks))
                var generator = try generators[place] ?? benchmark.generator(settings: settings)
                tasks.append(try task(generator.row(), numbers: numbers))
                generators[place] = generator
            } else {
                tasks.append(try task(generator.document(), numbers: numbers))
            }
        }
        return tasks
    }

    /// The numbers of a training document's segments: shuffled, so that nothing is learned from them (paper, section 3).
    private func shuffledNumbers(seed: UInt64, task: Int) -> (Int) -> [Int] {
        { count in
            var random = RandomSource(seed: seed, stream: UInt64(task))
            return random.sample(count, of: TextFormat.numbersInOrder(count))
        }
    }

    /// Which of the parts a task comes from; `nil` where there are none.
    private static func place(in parts: [MixturePart], using random: inout RandomSource) -> Int? {
        guard !parts.isEmpty else { return nil }
        var rest = random.uniform() * parts.reduce(0) { $0 + $1.weight }
        for (place, part) in parts.dropLast().enumerated() {
            rest -= part.weight
            if rest < 0 { return place }
        }
        return parts.count - 1
    }

    private func generatorSettings(length: Int, facts: Int?) -> GeneratorSettings {
        var settings = GeneratorSettings(tokenizer: tokenizer)
        (settings.length, settings.facts) = (length, facts)
        return settings
    }

    /// Generated documents that no training step sees, the same in every run.
    func heldOut(_ count: Int, settings: FactsSettings, people: Int) throws -> [HeldOutDocument] {
        var generator = try FactsGenerator(
            settings: settings.about(people: people), seed: UInt64(people), split: .evaluation)
        return try (0..<count).map { _ in
            let document = generator.document()
            return try HeldOutDocument(task: task(document), questions: BenchmarkRow(document).questions)
        }
    }

    /// The first rows of a file of held-out documents.
    ///
    /// - Throws: `RowError` naming a row that cannot be used.
    func heldOut(_ source: EvaluationFile) throws -> [HeldOutDocument] {
        guard let path = source.path, let file = files[path] else {
            preconditionFailure("a file of the configuration was not opened")
        }
        return try (0..<min(source.documents, file.count)).map { index in
            try file.row(at: index, heldOut)
        }
    }

    /// Generated documents of a benchmark's task, the same in every run.
    ///
    /// - Throws: `GeneratorError`, `SequenceTooLong`.
    func heldOut(_ source: EvaluationTask) throws -> [HeldOutDocument] {
        guard let benchmark = source.task else { preconditionFailure("a task was validated without its name") }
        var settings = generatorSettings(length: source.length, facts: source.facts)
        (settings.world, settings.unanswerable) = (source.world, source.unanswerable)
        (settings.split, settings.seed) = (.evaluation, 1)
        var generator = try benchmark.generator(settings: settings)
        return try (0..<source.documents).map { _ in try heldOut(generator.row()) }
    }

    private func heldOut(_ row: BenchmarkRow) throws -> HeldOutDocument {
        try HeldOutDocument(task: task(row), questions: row.questions)
    }

    /// Sequences for base training: a document's sentences, then its questions with their answers.
    func sequences(_ count: Int, settings: FactsSettings, step: Int) throws -> [TokenSequence] {
        var generator = try FactsGenerator(settings: settings, seed: seed(for: step, of: .base), split: .training)
        return try (0..<count).map { _ in
            let task = try task(generator.document())
            let tokens = (task.segments + task.questions).flatMap { $0.tokens.dropFirst() }
            return try checked(TokenSequence(tokens: [tokenizer.beginning] + tokens))
        }
    }

    /// The sentences of a generated document are known, and need not be found in its text.
    private func task(
        _ document: FactsDocument, numbers: (Int) -> [Int] = TextFormat.numbersInOrder
    ) throws -> Task {
        try task(
            format.segments(ofSentences: document.sentences, tokenizer: tokenizer, numbers: numbers),
            BenchmarkRow(document).questions)
    }

    private func task(_ row: BenchmarkRow, numbers: (Int) -> [Int] = TextFormat.numbersInOrder) throws -> Task {
        try task(format.segments(of: row.text, tokenizer: tokenizer, numbers: numbers), row.questions)
    }

    private func task(_ segments: [TokenSequence], _ questions: [RowQuestion]) throws -> Task {
        Task(
            segments: segments,
            questions: try questions.map { question in
                try checked(
                    format.sequence(
                        question: question.question, answer: question.target, support: question.support,
                        segments: segments.count, tokenizer: tokenizer))
            })
    }

    /// - Throws: `SequenceTooLong`.
    private func checked(_ sequence: TokenSequence) throws -> TokenSequence {
        guard sequence.tokens.count <= longestSequence else {
            throw SequenceTooLong(tokens: sequence.tokens.count, limit: longestSequence)
        }
        return sequence
    }

    private func seed(for step: Int, of purpose: Purpose) -> UInt64 {
        switch purpose {
        case .base, .documents: (seed &* 2 &+ purpose.rawValue) &* 1_000_003 &+ UInt64(step)
        case .numbers: (seed ^ 0x9E37_79B9_7F4A_7C15) &* 1_000_003 &+ UInt64(step)
        case .origins: (seed ^ 0xBF58_476D_1CE4_E5B9) &* 1_000_003 &+ UInt64(step)
        case .benchmarks: (seed ^ 0x94D0_49BB_1331_11EB) &* 1_000_003 &+ UInt64(step)
        }
    }
}

/// A segment, a question with its answer, or a text for base training, that the model has not positions enough for.
struct SequenceTooLong: Error, Equatable, CustomStringConvertible {
    let tokens: Int
    let limit: Int

    var description: String {
        "a training sequence has \(tokens) tokens and the base model reads at most \(limit): "
            + "use shorter documents and questions, or a model with more positions"
    }
}
