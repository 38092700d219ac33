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
    let questions: [String]
    let answers: [String]
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
    var report: @Sendable (String) -> Void = { FileHandle.standardError.write(Data("\($0)\n".utf8)) }

    /// What a random choice is for; each has a stream of its own.
    private enum Purpose: UInt64 { case base, documents, numbers, origins }

    /// The tasks of one meta-training step.
    ///
    /// - Parameter drawn: the rows taken so far from each file, by its path.
    func tasks(
        _ count: Int, stage: CurriculumStage, stageStep: Int, step: Int, drawn: inout [String: Int]
    ) throws -> [Task] {
        var generator = try FactsGenerator(
            settings: stage.documents(afterSteps: stageStep), seed: seed(for: step, of: .documents), split: .training)
        var origins = RandomSource(seed: seed(for: step, of: .origins))
        var tasks: [Task] = []
        for index in 0..<count {
            let part = stage.mixture.isEmpty ? MixturePart() : Self.choice(of: stage.mixture, using: &origins)
            let numbers = shuffledNumbers(seed: seed(for: step, of: .numbers), task: index)
            if let path = part.path, let file = files[path] {
                let source = RowSource(file, seed: seed, badRows: part.badRows, report: report)
                var count = drawn[path, default: 0]
                tasks.append(try source.next(drawn: &count) { try task($0, numbers: numbers) })
                drawn[path] = count
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
            return random.sample(count, of: Array(1...max(1, count)))
        }
    }

    private static func choice(of parts: [MixturePart], using random: inout RandomSource) -> MixturePart {
        var rest = random.uniform() * parts.reduce(0) { $0 + $1.weight }
        for part in parts.dropLast() {
            rest -= part.weight
            if rest < 0 { return part }
        }
        return parts[parts.count - 1]
    }

    /// Generated documents that no training step sees, the same in every run.
    func heldOut(_ count: Int, settings: FactsSettings, people: Int) throws -> [HeldOutDocument] {
        var settings = settings
        (settings.minimumPeople, settings.maximumPeople) = (people, people)
        var generator = try FactsGenerator(settings: settings, seed: UInt64(people), split: .evaluation)
        return try (0..<count).map { _ in
            let document = generator.document()
            return HeldOutDocument(
                task: try task(document, numbers: Self.inOrder), questions: document.questions.map(\.question),
                answers: document.questions.map(\.answer))
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
            try file.row(at: index) { row in
                HeldOutDocument(
                    task: try task(row, numbers: Self.inOrder), questions: row.questions.map(\.question),
                    answers: row.questions.map(\.target))
            }
        }
    }

    /// Sequences for base training: a document's sentences, then its questions with their answers.
    func sequences(_ count: Int, settings: FactsSettings, step: Int) throws -> [TokenSequence] {
        var generator = try FactsGenerator(settings: settings, seed: seed(for: step, of: .base), split: .training)
        return try (0..<count).map { _ in
            let task = try task(generator.document(), numbers: Self.inOrder)
            let tokens = (task.segments + task.questions).flatMap { $0.tokens.dropFirst() }
            return try checked(TokenSequence(tokens: [tokenizer.beginning] + tokens))
        }
    }

    private static func inOrder(_ count: Int) -> [Int] { Array(1...max(1, count)) }

    private func task(_ document: FactsDocument, numbers: (Int) -> [Int]) throws -> Task {
        let sentences = document.sentences
        let segments = try format.segments(ofSentences: sentences, tokenizer: tokenizer, numbers: numbers)
        let questions = try document.questions.map { question in
            try sequence(
                question.question, question.answer, [sentences[question.supportingSentence]], segments.count)
        }
        return Task(segments: segments, questions: questions)
    }

    private func task(_ row: BenchmarkRow, numbers: (Int) -> [Int]) throws -> Task {
        let segments = try format.segments(of: row.text, tokenizer: tokenizer, numbers: numbers)
        let questions = try row.questions.map { try sequence($0.question, $0.target, $0.support, segments.count) }
        return Task(segments: segments, questions: questions)
    }

    private func sequence(
        _ question: String, _ answer: String, _ support: [String], _ segments: Int
    ) throws -> TokenSequence {
        try checked(
            format.sequence(
                question: question, answer: answer, support: support, segments: segments, tokenizer: tokenizer))
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
