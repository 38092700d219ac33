import LanguageModel
import LongContextBenchmarks
import QuestionAnswering
import TestTimeLearning
import Tokenization

/// The meta-training tasks of the facts generator.
///
/// The tasks of a step depend on the seed and on the step alone, so a resumed run sees what an uninterrupted one would.
struct TrainingData {
    typealias Task = DocumentEncoder<Float>.Task

    let seed: UInt64
    let tokenizer: any Tokenizer
    let format: TextFormat
    /// The most tokens that the model can read in one sequence.
    let longestSequence: Int

    /// The tasks of one meta-training step.
    func tasks(_ count: Int, settings: FactsSettings, step: Int) throws -> [Task] {
        var generator = try FactsGenerator(settings: settings, seed: seed(for: step, of: 1), split: .training)
        return try (0..<count).map { _ in try task(generator.document()) }
    }

    /// Tasks that no training step sees, the same in every run.
    func heldOut(_ count: Int, settings: FactsSettings, people: Int) throws -> [Task] {
        var settings = settings
        (settings.minimumPeople, settings.maximumPeople) = (people, people)
        var generator = try FactsGenerator(settings: settings, seed: UInt64(people), split: .evaluation)
        return try (0..<count).map { _ in try task(generator.document()) }
    }

    /// Sequences for base training: a document's sentences, then its questions with their answers.
    func sequences(_ count: Int, settings: FactsSettings, step: Int) throws -> [TokenSequence] {
        var generator = try FactsGenerator(settings: settings, seed: seed(for: step, of: 0), split: .training)
        return try (0..<count).map { _ in
            let task = try task(generator.document())
            let tokens = (task.segments + task.questions).flatMap { $0.tokens.dropFirst() }
            return try checked(TokenSequence(tokens: [tokenizer.beginning] + tokens))
        }
    }

    private func task(_ document: FactsDocument) throws -> Task {
        Task(
            segments: try format.segments(ofSentences: document.sentences, tokenizer: tokenizer),
            questions: try document.questions.map {
                try checked(format.sequence(question: $0.question, answer: $0.answer, tokenizer: tokenizer))
            })
    }

    /// - Throws: `SequenceTooLong`.
    private func checked(_ sequence: TokenSequence) throws -> TokenSequence {
        guard sequence.tokens.count <= longestSequence else {
            throw SequenceTooLong(tokens: sequence.tokens.count, limit: longestSequence)
        }
        return sequence
    }

    private func seed(for step: Int, of phase: UInt64) -> UInt64 { (seed &* 2 &+ phase) &* 1_000_003 &+ UInt64(step) }
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
