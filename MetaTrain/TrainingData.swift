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

/// The documents of a run as meta-training tasks.
///
/// The tasks of a step depend on the seed and on the step alone, so a resumed run sees what an uninterrupted one would.
struct TrainingData {
    typealias Task = DocumentEncoder<Float>.Task

    let seed: UInt64
    let tokenizer: any Tokenizer
    let format: TextFormat
    /// The most tokens that the model can read in one sequence.
    let longestSequence: Int

    /// What a random choice is for; each has a stream of its own.
    private enum Purpose: UInt64 { case base, documents, numbers }

    /// The tasks of one meta-training step.
    func tasks(_ count: Int, settings: FactsSettings, step: Int) throws -> [Task] {
        var generator = try FactsGenerator(
            settings: settings, seed: seed(for: step, of: .documents), split: .training)
        var random = RandomSource(seed: seed(for: step, of: .numbers))
        return try (0..<count).map { _ in
            // Shuffled, so that nothing is learned from a segment's number (paper, section 3).
            try task(generator.document()) { random.sample($0, of: Array(1...max(1, $0))) }
        }
    }

    /// Documents that no training step sees, the same in every run.
    func heldOut(_ count: Int, settings: FactsSettings, people: Int) throws -> [HeldOutDocument] {
        var settings = settings
        (settings.minimumPeople, settings.maximumPeople) = (people, people)
        var generator = try FactsGenerator(settings: settings, seed: UInt64(people), split: .evaluation)
        return try (0..<count).map { _ in
            let document = generator.document()
            return HeldOutDocument(
                task: try task(document), questions: document.questions.map(\.question),
                answers: document.questions.map(\.answer))
        }
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

    private func task(
        _ document: FactsDocument, numbers: (Int) -> [Int] = { Array(1...max(1, $0)) }
    ) throws -> Task {
        let sentences = document.sentences
        let segments = try format.segments(ofSentences: sentences, tokenizer: tokenizer, numbers: numbers)
        let questions = try document.questions.map { question in
            try checked(
                format.sequence(
                    question: question.question, answer: question.answer,
                    support: [sentences[question.supportingSentence]], segments: segments.count, tokenizer: tokenizer))
        }
        return Task(segments: segments, questions: questions)
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
