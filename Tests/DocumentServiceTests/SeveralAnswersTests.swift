import LanguageModel
import Tensors
import Testing

@testable import DocumentService
@testable import PERKModel

/// Questions on several documents that are answered at once.
@Suite struct SeveralAnswersTests {
    private func questions(_ service: TinyService) throws -> [AnswerGenerator.Question] {
        let texts = ["Zoe lives in Oslo.", "Omar is a baker.", "Nora likes soup."]
        let adapters = try texts.map { try service.answerer.adapter(document: service.submit($0).document) }
        return (0..<7).map { index in
            AnswerGenerator.Question(
                ["Where does Zoe live?", "Who is a baker?"][index % 2],
                adapter: index == 3 ? nil : adapters[index % 3], segments: 1,
                context: index == 4 ? [service.model.tokenizer.bos, 7, 8, 9] : [],
                sampling: SamplingOptions(maxTokens: 2 + index, temperature: index == 5 ? 1 : 0, seed: 3))
        }
    }

    @Test(arguments: [1, 2]) func eachAnswerIsWhatItIsAlone(threads: Int) throws {
        let service = try TinyService()
        let adapted = AnswerGenerator(model: service.model, threads: threads)
        let questions = try questions(service)
        let answers = try adapted.answers(to: questions).map { try $0.get() }
        #expect(answers.count == questions.count)
        for (question, answer) in zip(questions, answers) {
            let alone = try AnswerGenerator(model: service.model).answer(
                question.text, adapter: question.adapter, segments: question.segments, context: question.context,
                sampling: question.sampling)
            #expect(answer.text == alone.text && answer.tokens == alone.tokens && answer.finish == alone.finish)
            #expect(answer.logProbability == alone.logProbability)
            #expect(answer.seconds.firstToken > 0 && answer.seconds.firstToken <= answer.seconds.total)
        }
        #expect(Set(answers.map(\.logProbability)).count > 4)
    }

    @Test func aQuestionThatIsTooLongLeavesTheOthers() throws {
        let service = try TinyService()
        let adapted = AnswerGenerator(model: service.model)
        var questions = try questions(service)
        questions[2].text = String(repeating: "why ", count: 1000)
        let answers = adapted.answers(to: questions)
        #expect(throws: QuestionAnsweringError.self) { try answers[2].get() }
        for index in questions.indices where index != 2 {
            let alone = try adapted.answers(to: [questions[index]])[0].get()
            #expect(try answers[index].get().logProbability == alone.logProbability)
        }
        #expect(adapted.answers(to: []).isEmpty)
    }

    /// Questions that come one by one, while others are being answered; one is stopped, and one has no prompt.
    @Test(arguments: [1, 2]) func questionsMayComeWhileOthersAreAnswered(threads: Int) throws {
        struct Stopped: Error {}
        let service = try TinyService()
        let generator = AnswerGenerator(model: service.model, threads: threads)
        var questions = try questions(service)
        questions[2].text = String(repeating: "why ", count: 1000)
        let ended = Recorder<(index: Int, result: Result<Answer, any Error>)>()
        let pieces = Recorder<(index: Int, text: String)>()
        let checks = Recorder<Int>()
        var waiting = questions.indices.map { index in
            var pending = PendingQuestion(
                questions[index], since: .now,
                check: {
                    checks.record(index)
                    if index == 6, checks.all.count(where: { $0 == 6 }) > 2 { throw Stopped() }
                },
                onEnd: { ended.record((index, $0)) })
            if index != 1 { pending.onText = { pieces.record((index, $0)) } }
            return pending
        }
        generator.answer { waiting.isEmpty ? nil : waiting.removeFirst() }
        #expect(ended.all.map(\.index).sorted() == Array(questions.indices))
        for (index, result) in ended.all {
            switch index {
            case 2: #expect(throws: QuestionAnsweringError.self) { try result.get() }
            case 6: #expect(throws: Stopped.self) { try result.get() }
            default:
                let alone = try generator.answers(to: [questions[index]])[0].get()
                let answer = try result.get()
                #expect(answer.text == alone.text && answer.logProbability == alone.logProbability)
                let told = pieces.all.filter { $0.index == index }.map(\.text).joined()
                #expect(told == (index == 1 ? "" : answer.text))
                #expect(answer.seconds.firstToken > 0 && answer.seconds.firstToken <= answer.seconds.total)
            }
        }
        // They are answered side by side: the first has not ended when the last begins.
        let begun = try #require(checks.all.firstIndex(of: 6))
        #expect(checks.all[begun...].contains(0))
    }
}
