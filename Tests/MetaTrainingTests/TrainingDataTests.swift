import BenchmarkData
import LanguageModel
import MetaTrainingSupport
import PERKModel
import Testing
import Tokenization

@testable import MetaTraining

@Suite struct TrainingDataTests {
    private let data: TrainingData

    init() throws {
        let path = TinyTraining.fixtures.appendingPathComponent("tokenizer-test/test.model").path
        data = Self.data(seed: 5, try SentencePieceTokenizer(path: path))
    }

    private static func data(
        seed: UInt64, _ tokenizer: any Tokenizer, longestSequence: Int = .max
    ) -> TrainingData {
        TrainingData(seed: seed, tokenizer: tokenizer, format: TextFormat(), longestSequence: longestSequence)
    }

    /// The tasks of a step of generated documents alone.
    private func tasks(_ data: TrainingData, step: Int) throws -> [TrainingData.Task] {
        var drawn: [String: Int] = [:]
        let tasks = try data.tasks(2, stage: CurriculumStage(), stageStep: 0, step: step, drawn: &drawn).map(\.task)
        #expect(drawn.isEmpty)
        return tasks
    }

    @Test func sequencesThatTheModelCannotReadAreRefused() throws {
        let tasks = try tasks(data, step: 0)
        let longest = try #require(tasks.flatMap(\.questions).map(\.tokens.count).max())
        let fitting = Self.data(seed: 5, data.tokenizer, longestSequence: longest)
        #expect(try self.tasks(fitting, step: 0).map(\.questions) == tasks.map(\.questions))
        let short = Self.data(seed: 5, data.tokenizer, longestSequence: longest - 1)
        let error = #expect(throws: SequenceTooLong.self) { try self.tasks(short, step: 0) }
        #expect(error == SequenceTooLong(tokens: longest, limit: longest - 1))
        #expect(throws: SequenceTooLong.self) { try short.sequences(2, settings: FactsSettings(), step: 0) }
    }

    @Test func tasksDependOnSeedAndStepAlone() throws {
        let tasks = try tasks(data, step: 7)
        #expect(tasks.count == 2 && tasks[0].segments != tasks[1].segments)
        #expect(try self.tasks(data, step: 7).map(\.segments) == tasks.map(\.segments))
        #expect(try self.tasks(data, step: 7).map(\.questions) == tasks.map(\.questions))
        #expect(try self.tasks(data, step: 8).map(\.segments) != tasks.map(\.segments))
        let other = Self.data(seed: 6, data.tokenizer)
        #expect(try self.tasks(other, step: 7).map(\.segments) != tasks.map(\.segments))
    }

    @Test func heldOutTasksAreTheSameInEveryRun() throws {
        let other = Self.data(seed: 6, data.tokenizer)
        let source = EvaluationSection.source(people: 3, settings: FactsSettings())
        let tasks = try data.heldOut(2, of: source).map(\.task)
        #expect(try other.heldOut(2, of: source).map(\.task.segments) == tasks.map(\.segments))
        // Three people, four facts each, a sentence a fact.
        #expect(tasks.allSatisfy { $0.segments.count == 12 && $0.questions.count == 8 })
    }

    @Test func baseSequencesHoldTheDocumentThenItsQuestionsAndAnswers() throws {
        var settings = FactsSettings()
        settings.questionsPerDocument = 1
        let sequence = try #require(try data.sequences(1, settings: settings, step: 0).first)
        #expect(sequence.firstTarget == 1 && sequence.tokens.first == data.tokenizer.bos)
        #expect(!sequence.tokens.dropFirst().contains(data.tokenizer.bos))
        // Every sentence, and the answer at the end, closes with the end token.
        let parts = sequence.tokens.dropFirst().split(separator: data.tokenizer.eos)
        let texts = try parts.map { try data.tokenizer.decode(Array($0)) }
        #expect(texts.dropLast().allSatisfy { $0.hasSuffix(".") })
        #expect(texts.last?.contains("? Answer:") == true && sequence.tokens.last == data.tokenizer.eos)
    }
}
