import LanguageModel
import LongContextBenchmarks
import QuestionAnswering
import Testing
import Tokenization

@testable import MetaTrain

@Suite struct TrainingDataTests {
    private let data: TrainingData

    init() throws {
        let path = TinyTraining.fixtures.appendingPathComponent("tokenizer-test/test.model").path
        data = TrainingData(seed: 5, tokenizer: try SentencePieceTokenizer(path: path), format: TextFormat())
    }

    @Test func tasksDependOnSeedAndStepAlone() throws {
        let settings = FactsSettings()
        let tasks = try data.tasks(2, settings: settings, step: 7)
        #expect(tasks.count == 2 && tasks[0].segments != tasks[1].segments)
        #expect(try data.tasks(2, settings: settings, step: 7).map(\.segments) == tasks.map(\.segments))
        #expect(try data.tasks(2, settings: settings, step: 7).map(\.questions) == tasks.map(\.questions))
        #expect(try data.tasks(2, settings: settings, step: 8).map(\.segments) != tasks.map(\.segments))
        let other = TrainingData(seed: 6, tokenizer: data.tokenizer, format: data.format)
        #expect(try other.tasks(2, settings: settings, step: 7).map(\.segments) != tasks.map(\.segments))
    }

    @Test func heldOutTasksAreTheSameInEveryRun() throws {
        let other = TrainingData(seed: 6, tokenizer: data.tokenizer, format: data.format)
        let tasks = try data.heldOut(2, settings: FactsSettings(), people: 3)
        #expect(try other.heldOut(2, settings: FactsSettings(), people: 3).map(\.segments) == tasks.map(\.segments))
        // Three people, four facts each, a sentence a fact.
        #expect(tasks.allSatisfy { $0.segments.count == 12 && $0.questions.count == 8 })
    }

    @Test func baseSequencesHoldTheDocumentThenItsQuestionsAndAnswers() throws {
        var settings = FactsSettings()
        settings.questionsPerDocument = 1
        let sequence = try #require(try data.sequences(1, settings: settings, step: 0).first)
        #expect(sequence.firstTarget == 1 && sequence.tokens.first == data.tokenizer.beginning)
        #expect(!sequence.tokens.dropFirst().contains(data.tokenizer.beginning))
        // Every sentence, and the answer at the end, closes with the end token.
        let parts = sequence.tokens.dropFirst().split(separator: data.tokenizer.end)
        let texts = try parts.map { try data.tokenizer.decode(Array($0)) }
        #expect(texts.dropLast().allSatisfy { $0.hasSuffix(".") })
        #expect(texts.last?.contains("? Answer:") == true && sequence.tokens.last == data.tokenizer.end)
    }
}
