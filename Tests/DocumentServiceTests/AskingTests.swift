import Foundation
import LanguageModel
import Tensors
import Testing
import TinyModels

@testable import DocumentService
@testable import PERKModel

@Suite struct AskingTests {
    private static let text = "Zoe lives in Oslo."
    private static let question = "Where does Zoe live?"

    @Test func answersDependOnTheDocument() throws {
        let service = try TinyService()
        let first = try service.submit(Self.text).document
        let second = try service.submit("Omar is a baker.").document
        let answers = try [first, second, first].map { try service.ask(Self.question, about: $0) }
        #expect(answers[0].logProbability == answers[2].logProbability && answers[0].text == answers[2].text)
        #expect(answers[0].logProbability != answers[1].logProbability)
        let alone = try AnswerGenerator(model: service.model).answer(
            Self.question, adapter: nil, segments: 1, sampling: SamplingOptions(maxTokens: 8))
        #expect(answers[0].logProbability != alone.logProbability)
    }

    @Test(arguments: [1, 3])
    func answersEndAtTheMostTokensAskedFor(maximum: Int) throws {
        let service = try TinyService()
        let document = try service.submit(Self.text).document
        let answer = try service.ask(Self.question, about: document, sampling: SamplingOptions(maxTokens: maximum))
        #expect(answer.tokens == maximum && answer.finish == .length)
        #expect(answer.logProbability < 0 && answer.logProbability.isFinite)
        #expect(answer.seconds.encode >= 0 && answer.seconds.encode <= answer.seconds.firstToken)
        #expect(answer.seconds.firstToken <= answer.seconds.total)
    }

    /// The first number of every hidden state is positive here, and no other reaches the head.
    @Test func answersStopAtTheEndToken() throws {
        let model = try TinyModel.make(tiedEmbeddings: false)
        let end = model.tokenizer.eos
        let stopping = model.mappingWeights { name, weight in
            var numbers = weight.scalars
            switch name {
            case "model.embed_tokens.weight":
                for row in 0..<weight.rows { numbers[row * weight.width] = 1000 }
            case "lm_head.weight":
                for index in numbers.indices { numbers[index] = index == end * weight.width ? 1 : 0 }
            default:
                break
            }
            return Tensor(numbers, shape: weight.shape)
        }
        let service = try TinyService(model: stopping)
        let answer = try service.ask(Self.question, about: service.submit(Self.text).document)
        #expect(answer.finish == .stop && answer.tokens == 0 && answer.text == "")
        // Of the logits all but one are 0, and that one is close to the root of the width.
        #expect(abs(answer.logProbability - (4 - log(exp(4.0) + 379))) < 1e-2)
    }

    @Test func samplingIsDeterminedByItsSeed() throws {
        let service = try TinyService()
        let document = try service.submit(Self.text).document
        let answers = try (0..<12).map { index in
            let sampling = SamplingOptions(maxTokens: 8, temperature: 1, seed: UInt64(index % 6))
            return try service.ask(Self.question, about: document, sampling: sampling).text
        }
        #expect(answers.prefix(6) == answers.suffix(6))
        #expect(Set(answers).count > 1)
        // So little of the mass is left that only the most probable token is drawn.
        let narrow = SamplingOptions(maxTokens: 8, temperature: 1, topP: 1e-9, seed: 3)
        #expect(
            try service.ask(Self.question, about: document, sampling: narrow).text
                == service.ask(Self.question, about: document).text)
    }

    @Test(arguments: ["", " \n\u{A0}"])
    func emptyQuestionsAreRefused(question: String) throws {
        let service = try TinyService()
        let document = try service.submit(Self.text).document
        #expect(throws: QuestionAnsweringError.emptyQuestion) { try service.ask(question, about: document) }
    }

    @Test(arguments: ["sha256:" + String(repeating: "0", count: 64), "sha256:", "", "Zoe", "sha256:é\u{0}"])
    func unknownDocumentsAreRefused(document: String) throws {
        let service = try TinyService()
        try service.submit(Self.text)
        #expect(throws: QuestionAnsweringError.unknownDocument(document)) {
            try service.ask(Self.question, about: document)
        }
    }

    @Test func questionsLeaveRoomForAToken() throws {
        let count = try TextFormat().prompt(for: Self.question, segments: 1, tokenizer: TinyModel.tokenizer()).count
        let full = try TinyService(model: TinyModel.make(maximumPositions: count))
        let document = try full.submit(Self.text).document
        #expect(throws: QuestionAnsweringError.questionTooLong(tokens: count, limit: count - 1)) {
            try full.ask(Self.question, about: document)
        }
        let enough = try TinyService(model: TinyModel.make(maximumPositions: count + 1))
        let answer = try enough.ask(Self.question, about: enough.submit(Self.text).document)
        #expect(answer.tokens == 1 && answer.finish == .length)
    }

    @Test func hugeQuestionsAreRefused() throws {
        let service = try TinyService()
        let document = try service.submit(Self.text).document
        let question = String(repeating: "why ", count: 100_000)
        let error = #expect(throws: QuestionAnsweringError.self) { try service.ask(question, about: document) }
        #expect(error?.description.contains("the limit is 127") == true)
    }
}
