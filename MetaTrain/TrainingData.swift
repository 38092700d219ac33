import BenchmarkData
import Foundation
import LanguageModel
import QuestionAnswering
import Tensors
import TestTimeLearning
import Tokenization

/// A document that is not trained on, as token sequences and as text.
struct HeldOutDocument {
    let task: TrainingData.Task
    /// The document's tokens, in its segments or in a prompt.
    let tokens: Int
    /// In the order of the task's.
    let questions: [DocumentQuestion]
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

    /// A document with its questions, as a model is trained on them.
    struct Example {
        /// Without segments where the document stands before each question.
        var task: Task
        /// The document's tokens.
        var tokens: Int
        /// Whether a part of the document had to be left out of a prompt.
        var isCut = false
    }

    let seed: UInt64
    let tokenizer: any Tokenizer
    let format: TextFormat
    /// The most tokens that the model can read in one sequence.
    let longestSequence: Int
    /// What the model is trained for: whether it learns a document or finds it in its prompt.
    var method = TrainingMethod.perk
    /// Whether a document in a prompt shows where its segments end.
    var endsSegmentsInPrompt = true
    /// The files of rows that the configuration names, by their paths.
    var files: [String: RowFile] = [:]
    /// The sentences of the texts that it names, by their paths.
    var texts: [String: [String]] = [:]
    /// Told of each row that is left out.
    var report: @Sendable (String) -> Void = tellOnStandardError

    static let tellOnStandardError: @Sendable (String) -> Void = { line in
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }

    static let tellNobody: @Sendable (String) -> Void = { _ in }

    /// What a random choice is for; each has a stream of its own.
    private enum Purpose: UInt64 { case base, documents, numbers, origins, benchmarks, clozes }

    /// The tasks of one meta-training step.
    ///
    /// - Parameter drawn: the rows taken so far from each file, by its path.
    func tasks(
        _ count: Int, stage: CurriculumStage, stageStep: Int, step: Int, drawn: inout [String: Int]
    ) throws -> [Example] {
        var generator = try FactsGenerator(
            settings: stage.documents(afterSteps: stageStep), seed: seed(for: step, of: .documents), split: .training)
        var origins = RandomSource(seed: seed(for: step, of: .origins))
        var generators: [Int: any DocumentGenerator] = [:]
        var tasks: [Example] = []
        for index in 0..<count {
            let place = Self.place(in: stage.mixture, using: &origins)
            let part = place.map { stage.mixture[$0] } ?? MixturePart()
            let numbers = shuffledNumbers(seed: seed(for: step, of: .numbers), task: index)
            if let path = part.path, let file = files[path] {
                let source = RowSource(file, seed: seed, badRows: part.badRows, report: report)
                var count = drawn[path, default: 0]
                let clozes = seed(for: step, of: .clozes) &+ UInt64(index)
                tasks.append(
                    try source.next(drawn: &count) {
                        try example($0.addingClozes(part.clozes, seed: clozes), numbers: numbers)
                    })
                drawn[path] = count
            } else if let place, let benchmark = part.task {
                var settings = part.generatorSettings(
                    afterSteps: stageStep, split: .training, tokenizer: tokenizer, texts: texts)
                settings.seed = seed(for: step, of: .benchmarks)
                var generator = try generators[place] ?? benchmark.generator(settings: settings)
                tasks.append(try example(generator.row(), numbers: numbers))
                generators[place] = generator
            } else {
                tasks.append(try example(generator.document(), numbers: numbers))
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
    static func place(in parts: [MixturePart], using random: inout RandomSource) -> Int? {
        guard !parts.isEmpty else { return nil }
        var rest = random.uniform() * parts.reduce(0) { $0 + $1.weight }
        for (place, part) in parts.dropLast().enumerated() {
            rest -= part.weight
            if rest < 0 { return place }
        }
        return parts.count - 1
    }

    /// Generated documents that no training step sees, the same in every run.
    func heldOut(_ count: Int, settings: FactsSettings, people: Int) throws -> [HeldOutDocument] {
        var generator = try FactsGenerator(
            settings: settings.about(people: people), seed: UInt64(people), split: .evaluation)
        return try (0..<count).map { _ in
            let document = generator.document()
            return try heldOut(example(document), questions: QADocument(document).questions)
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
        var settings = GeneratorSettings(tokenizer: tokenizer)
        (settings.length, settings.facts) = (source.length, source.facts)
        (settings.world, settings.unanswerable) = (source.world, source.unanswerable)
        settings.takeClozes(from: source.texts.flatMap { texts[$0] })
        (settings.split, settings.seed) = (.evaluation, 1)
        var generator = try benchmark.generator(settings: settings)
        return try (0..<source.documents).map { _ in try heldOut(generator.row()) }
    }

    private func heldOut(_ row: QADocument) throws -> HeldOutDocument {
        try heldOut(example(row), questions: row.questions)
    }

    private func heldOut(_ example: Example, questions: [DocumentQuestion]) -> HeldOutDocument {
        HeldOutDocument(task: example.task, tokens: example.tokens, questions: questions)
    }

    /// Sequences for base training: a document's sentences, then its questions with their answers.
    func sequences(_ count: Int, settings: FactsSettings, step: Int) throws -> [TokenSequence] {
        var generator = try FactsGenerator(settings: settings, seed: seed(for: step, of: .base), split: .training)
        return try (0..<count).map { _ in
            let task = try learned(generator.document()).task
            let tokens = (task.segments + task.questions).flatMap { $0.tokens.dropFirst() }
            return try checked(TokenSequence(tokens: [tokenizer.beginning] + tokens))
        }
    }

    private func example(
        _ document: FactsDocument, numbers: (Int) -> [Int] = TextFormat.numbersInOrder
    ) throws -> Example {
        switch method {
        case .perk: try learned(document, numbers: numbers)
        case .inContext: try readInPrompt(QADocument(document))
        }
    }

    private func example(
        _ row: QADocument, numbers: (Int) -> [Int] = TextFormat.numbersInOrder
    ) throws -> Example {
        switch method {
        case .perk: try learned(format.segments(of: row.text, tokenizer: tokenizer, numbers: numbers), row.questions)
        case .inContext: try readInPrompt(row)
        }
    }

    /// The sentences of a generated document are known, and need not be found in its text.
    private func learned(
        _ document: FactsDocument, numbers: (Int) -> [Int] = TextFormat.numbersInOrder
    ) throws -> Example {
        try learned(
            format.segments(ofSentences: document.sentences, tokenizer: tokenizer, numbers: numbers),
            QADocument(document).questions)
    }

    private func learned(_ segments: [TokenSequence], _ questions: [DocumentQuestion]) throws -> Example {
        let task = Task(
            segments: segments,
            questions: try questions.map { question in
                try checked(
                    format.sequence(
                        question: question.question, answer: question.target, support: question.support,
                        segments: segments.count, tokenizer: tokenizer))
            })
        return Example(task: task, tokens: segments.tokenCount)
    }

    /// The document before each of its questions, cut in the middle as an evaluation cuts it.
    private func readInPrompt(_ row: QADocument) throws -> Example {
        let document = try format.promptTokens(
            of: [row.text], endingSegments: endsSegmentsInPrompt, tokenizer: tokenizer)
        let questions = try row.questions.map { question in
            try format.sequence(
                question: question.question, answer: question.target, after: document, limit: longestSequence,
                tokenizer: tokenizer)
        }
        return Example(
            task: Task(segments: [], questions: try questions.map { try checked($0.sequence) }),
            tokens: document.count, isCut: questions.contains { $0.isCut })
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
        case .clozes: ((seed ^ 0xD6E8_FEB8_6659_FD93) &* 1_000_003 &+ UInt64(step)) &* 65_537
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
