import BenchmarkData
import BenchmarkDataSupport
import PERKModel
import Testing

@testable import Evaluation

@Suite struct PromptFormContestTests {
    private let model: AnsweringModel

    init() throws { model = try PromptModel.make() }

    private func choice(
        _ options: EvaluationOptions, documents: Int = 2, rows: Int = 6, hasTemplate: Bool = true
    ) throws -> PromptFormChoice {
        let file = try TemporaryRows(
            (0..<rows).map {
                #"{"context": "Oscar saw \#($0) cats.", "question": "How many?", "answer": "\#($0)"}"# + "\n"
            }.joined())
        let cell = EvaluationCell(try FileSource(path: file.path), documents: documents)
        let contest = PromptFormContest(
            model: model, cells: [cell], options: options, examples: nil, hasTemplate: hasTemplate)
        return try contest.choice(by: .inContext) { form in
            try PromptedReader(
                form: form, template: PromptModel.template(), model: model, options: options, threads: 1)
        }
    }

    @Test func allFormsAreComparedOnTheRowsThatThereAre() throws {
        let choice = try choice(PromptModel.options())
        #expect(
            choice.candidates.map(\.form) == [
                PromptForm(style: .plain, shots: 0), PromptForm(style: .plain, shots: 1),
                PromptForm(style: .template, shots: 0), PromptForm(style: .template, shots: 1),
            ])
        #expect(choice.rows == 4 && choice.method == .inContext)
        #expect(choice.candidates.first { $0.form == choice.form }?.score == choice.candidates.map(\.score).max())
        #expect(choice.summary.contains("on 4 rows") && choice.summary.contains("as there are no more"))
    }

    @Test func withoutATemplateOnlyPlainFormsAreCompared() throws {
        #expect(try choice(PromptModel.options(), hasTemplate: false).candidates.count == 2)
        #expect(try choice(PromptModel.options(shots: 0), hasTemplate: false).candidates.isEmpty)
    }

    @Test func aFormThatIsGivenIsNotCompared() throws {
        let choice = try choice(PromptModel.options(style: .template, shots: 3))
        #expect(choice.form == PromptForm(style: .template, shots: 3) && choice.method == nil && choice.rows == 0)
        #expect(choice.summary == "prompts: template, 3 worked examples")
    }

    @Test func withoutOtherRowsTheTemplateAndAnExampleAreTaken() throws {
        let choice = try choice(PromptModel.options(), documents: 6)
        #expect(choice.form == PromptForm(style: .template, shots: 1) && choice.rows == 0)
        #expect(choice.summary.contains("a file of examples"))
    }
}
