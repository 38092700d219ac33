import Autodiff
import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct AnswerCheckTests {
    private typealias Model = MetaLearnedModel<Float>

    private let model: Model
    private let encoder: DocumentEncoder<Float>
    /// Of two documents, which were learned together.
    private let adapter: Adapter<Tensor<Float>>
    private static let prompts = [[1, 2], [3], [4, 5, 6], [7, 8, 9, 10]]

    init() throws {
        model = try tinyModel(rate: 0.3)
        encoder = DocumentEncoder(model: model)
        adapter = try encoder.encode(tinyTasks(as: Float.self).map(\.segments)).adapter
    }

    /// What is generated after `prompt` under the adapter of `task`, or under none.
    private func continuation(_ prompt: [Int], task: Int?, length: Int) throws -> [Int] {
        let transformer = Transformer<Tensor<Float>>(configuration: model.configuration, frozen: model.weights)
        let own = task.map { task in adapter.map { $0[task..<task + 1] } }
        return try transformer.generate(after: prompt, adapter: own, endTokens: [], limit: length).tokens
    }

    private func reproduced(
        _ questions: [[TokenSequence]], _ adapter: Adapter<Tensor<Float>>?
    ) -> [[Bool]] {
        encoder.checks(questions, adapter: adapter).map { $0.map(\.isReproduced) }
    }

    private func question(_ prompt: [Int], _ answer: [Int]) -> TokenSequence {
        TokenSequence(tokens: prompt + answer, firstTarget: prompt.count)
    }

    @Test func answersAreRightExactlyIfGenerationGivesThem() throws {
        // Two questions for the first document, four for the second, with answers of different lengths; every other
        // answer is spoilt in one of its tokens.
        let counts = [2, 4]
        var questions: [[TokenSequence]] = [], expected: [[Bool]] = []
        for task in 0..<2 {
            questions.append([])
            expected.append([])
            for index in 0..<counts[task] {
                let prompt = Self.prompts[index]
                var answer = try continuation(prompt, task: task, length: 1 + index)
                if index % 2 == 1 { answer[task * index / 2] = (answer[task * index / 2] + 1) % 11 }
                questions[task].append(question(prompt, answer))
                expected[task].append(index % 2 == 0)
            }
        }
        #expect(reproduced(questions, adapter) == expected)
    }

    @Test func everyTaskIsAnsweredWithItsOwnAdapter() throws {
        let answers = try (0..<2).map { task in try Self.prompts.map { try continuation($0, task: task, length: 4) } }
        #expect(answers[0] != answers[1])
        let crossed = [1, 0].map { task in zip(Self.prompts, answers[task]).map { question($0, $1) } }
        let expected = zip(answers[0], answers[1]).map { $0 == $1 }
        #expect(reproduced(crossed, adapter) == [expected, expected])
    }

    @Test func withoutAnAdapterTheBaseModelAnswers() throws {
        let questions = try Self.prompts.map { question($0, try continuation($0, task: nil, length: 3)) }
        #expect(reproduced([questions], nil) == [[true, true, true, true]])
    }

    @Test func aQuestionWithoutAnAnswerIsRight() {
        #expect(
            encoder.checks([[question([1, 2], [])]], adapter: nil) == [[AnswerCheck(isReproduced: true, loss: 0)]])
    }

    @Test func lossIsTheMeanOverTheAnswersTokens() throws {
        let questions = [Self.prompts.map { question($0, [1, 2, 3]) }, [question([5], [6])]]
        let found = encoder.checks(questions, adapter: adapter).map { $0.map(\.loss) }
        for (task, losses) in found.enumerated() {
            for (index, loss) in losses.enumerated() {
                let alone = [questions[task][index]]
                let own = adapter.map { $0[task..<task + 1] }
                let part = Losses<Tensor<Float>>(
                    model: Transformer(configuration: model.configuration, frozen: model.weights)
                ).outer(
                    TokenBatch([alone]), adapter: own.map { Variable(constant: $0) }, perTarget: [alone].perTarget)
                #expect(abs(loss - part.perTask[0]) < 1e-5)
            }
        }
    }
}
