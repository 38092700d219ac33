import BenchmarkData
import Foundation
import LanguageModel
import PERKModel
import SeededRandom
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
    /// - Throws: what `AnswerGenerator.answer` does.
    func answer(
        to index: Int, by model: AnswerGenerator, adapter: Adapter<Tensor<Float>>
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
    var format: TextFormat
    /// The most tokens that the model can read in one sequence.
    let longestSequence: Int
    /// What the model is trained for: whether it learns a document or finds it in its prompt.
    var method = TrainingMethod.perk
    /// Whether a document in a prompt shows where its segments end.
    var endsSegmentsInPrompt = true
    /// The files of rows that the configuration names, by their paths.
    var files: [String: RowFile] = [:]
    /// Those of `evaluation.files`, in their order.
    var heldOutFiles: [FileSource] = []
    /// The sentences of the texts that it names, by their paths.
    var texts: [String: [String]] = [:]
    /// Told of each row that is left out.
    var report: @Sendable (String) -> Void = { _ in }

    /// What a random choice is for; each has a stream of its own.
    private enum Purpose: UInt64 { case base, documents, numbers, origins, benchmarks, clozes }

    /// The tasks of one meta-training step.
    ///
    /// - Parameter drawn: the rows taken so far from each file, by its path.
    func tasks(
        _ count: Int, stage: CurriculumStage, stageStep: Int, step: Int, drawn: inout [String: Int]
    ) throws -> [Example] {
        var origins = RandomSource(seed: seed(for: step, of: .origins))
        let parts = stage.parts
        // Parts that take the stage's own documents share one stream of them.
        var streams: [Int?: any DocumentStream] = [:]
        var tasks: [Example] = []
        for index in 0..<count {
            let place = MixtureSource.place(in: parts.map(\.weight), using: &origins)
            let part = parts[place]
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
            } else {
                let key = part.task == nil ? nil : place
                var stream =
                    try streams[key]
                    ?? part.source(
                        in: stage, afterSteps: stageStep, split: .training, tokenizer: tokenizer, texts: texts,
                        seed: seed(for: step, of: part.task == nil ? .documents : .benchmarks)
                    ).documents()
                // Generated documents have no end.
                guard let document = try stream.next() else { preconditionFailure("a generator ended") }
                streams[key] = stream
                tasks.append(try example(document, numbers: numbers))
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

    /// The first documents of a source, as ones that are not trained on.
    ///
    /// - Throws: an error for a document that cannot be drawn, read or used; it names a row of a file.
    func heldOut(_ count: Int, of source: any DocumentSource) throws -> [HeldOutDocument] {
        try source.documents(first: count) { document in
            let example = try example(document)
            return HeldOutDocument(task: example.task, tokens: example.tokens, questions: document.questions)
        }
    }

    /// Sequences for base training: a document's sentences, then its questions with their answers.
    func sequences(_ count: Int, settings: FactsSettings, step: Int) throws -> [TokenSequence] {
        var generator = try FactsGenerator(settings: settings, seed: seed(for: step, of: .base), split: .training)
        return try (0..<count).map { _ in
            let task = try learned(generator.row()).task
            let tokens = (task.segments + task.questions).flatMap { $0.tokens.dropFirst() }
            return try checked(TokenSequence(tokens: [tokenizer.bos] + tokens))
        }
    }

    private func example(
        _ document: QADocument, numbers: (Int) -> [Int] = TextFormat.numbersInOrder
    ) throws -> Example {
        switch method {
        case .perk: try learned(document, numbers: numbers)
        case .inContext: try readInPrompt(document)
        }
    }

    private func learned(
        _ document: QADocument, numbers: (Int) -> [Int] = TextFormat.numbersInOrder
    ) throws -> Example {
        let segments =
            try document.sentences.map {
                try format.segments(ofSentences: $0, tokenizer: tokenizer, numbers: numbers)
            } ?? format.segments(of: document.text, tokenizer: tokenizer, numbers: numbers)
        return try learned(segments, document.questions)
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
    private func readInPrompt(_ document: QADocument) throws -> Example {
        let tokens = try format.promptTokens(
            of: [document.text], endingSegments: endsSegmentsInPrompt, tokenizer: tokenizer)
        let questions = try document.questions.map { question in
            try format.sequence(
                question: question.question, answer: question.target, after: tokens, limit: longestSequence,
                tokenizer: tokenizer)
        }
        return Example(
            task: Task(segments: [], questions: try questions.map { try checked($0.sequence) }),
            tokens: tokens.count, isCut: questions.contains { $0.isCut })
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
