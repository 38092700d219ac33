import BenchmarkData
import Foundation
import Testing

@testable import Evaluation

@Suite struct EvaluationSummaryTests {
    private let cell = EvaluationCell(
        FactsSource(people: 4, settings: FactsSettings(), seed: 1, split: .evaluation), documents: 2)

    private func prediction(
        _ document: Int, _ method: EvaluationMethod, scores: [Double], readSeconds: Double, answerSeconds: Double,
        failure: String? = nil, held: (bytes: Int, tokens: Int?)? = nil
    ) -> Prediction {
        Prediction(
            cell: cell.name, document: document, identifier: nil, method: method, metric: .exactMatch,
            tokens: 100 << document, depth: Double(document),
            isCut: document == 1 && method == .inContext, readSeconds: readSeconds, peakMebibytes: 50 + document,
            heldBytes: held?.bytes, heldTokens: held?.tokens,
            outcomes: scores.map {
                Prediction.Outcome(
                    question: "Who?", answers: ["Zoe"], output: "Zoe", score: $0, seconds: answerSeconds,
                    generatedTokens: 1)
            }, failure: failure)
    }

    private func predictions(perkAnswer: Double) -> [Prediction] {
        [0, 1].flatMap { document in
            [
                prediction(
                    document, .inContext, scores: [0, 0.5], readSeconds: 0.1, answerSeconds: 0.6,
                    failure: document == 0 ? "too long" : nil),
                prediction(document, .perk, scores: [1, Double(document)], readSeconds: 2, answerSeconds: perkAnswer),
                prediction(document, .closedBook, scores: [0, 0], readSeconds: 0, answerSeconds: 0.1),
            ]
        }
    }

    private func summaries(perkAnswer: Double) -> [EvaluationSummary] {
        EvaluationSummary.all(of: predictions(perkAnswer: perkAnswer), cells: [cell])
    }

    @Test func figuresAreMeansOverDocumentsAndQuestions() throws {
        let summaries = summaries(perkAnswer: 0.2)
        #expect(summaries.map(\.method) == [.perk, .inContext, .closedBook])
        let perk = summaries[0], prompt = summaries[1]
        #expect(perk.score.mean == 0.75 && perk.documents == 2 && perk.questions == 4)
        #expect(perk.tokens == 150 && perk.readSeconds == 2 && abs(perk.answerSeconds - 0.2) < 1e-12)
        #expect(try abs(#require(perk.tokensPerSecond) - 150 / 2.2) < 1e-9 && perk.peakMebibytes == 51)
        #expect(summaries[2].tokensPerSecond == nil)
        #expect(prompt.score.mean == 0.25 && prompt.failures == 1 && prompt.cuts == 1 && perk.failures == 0)
    }

    @Test func groupsOfQuestionsHaveRowsOfTheirOwn() throws {
        let scores: [(Double, QuestionGroup?)] = [(1, nil), (0, .unseenValue), (1, .unanswerable), (0, .unseenValue)]
        var predictions = predictions(perkAnswer: 0.2)
        for index in predictions.indices where predictions[index].document == 1 {
            predictions[index].outcomes = scores.map { score, group in
                Prediction.Outcome(
                    question: "Who?", answers: ["Zoe"], output: "Zoe", score: score, seconds: 1, generatedTokens: 1,
                    group: group)
            }
        }
        let summaries = EvaluationSummary.all(of: predictions, cells: [cell])
        #expect(summaries.count == 9 && summaries[0].questions == 6 && summaries[0].breakEven != nil)
        let own = summaries.filter { $0.method == .perk }
        let names = ["facts, 4 people", "facts, 4 people, unanswerable", "facts, 4 people, unseen values"]
        #expect(own.map(\.cell.name) == names && own.map(\.cell.group) == [nil, .unanswerable, .unseenValue])
        #expect(own.map(\.questions) == [6, 1, 2] && own.map(\.documents) == [2, 1, 1])
        #expect(own[1].score.mean == 1 && own[2].score.mean == 0 && own[1].breakEven == nil)
        // A line of the predictions file keeps the group, and has no such key where there is none.
        let line = try JSONEncoder().encode(predictions[4])
        #expect(try JSONDecoder().decode(Prediction.self, from: line) == predictions[4])
        #expect(try !String(decoding: JSONEncoder().encode(predictions[0]), as: UTF8.self).contains("group"))
    }

    /// 2 + 0.2 n < 0.1 + 0.6 n from n = 5 on, as 1.9 / 0.4 = 4.75.
    @Test func learningBreaksEvenWhereItsTimeIsMadeUpFor() {
        #expect(summaries(perkAnswer: 0.2)[0].breakEven == 5)
        #expect(summaries(perkAnswer: 0.6)[0].breakEven == nil && summaries(perkAnswer: 0.7)[0].breakEven == nil)
        #expect(summaries(perkAnswer: 0.2)[1].breakEven == nil)
    }

    /// 2 + n / 4 ≤ 1 / 2 + 3 n / 8 from n = 12 on; 10,240 bytes are the keys and values of 10 tokens of 1,000 bytes,
    /// and some.
    @Test func learningBreaksEvenWithKeptKeysAndValuesInTimeAndBytes() throws {
        let all = [0, 1].flatMap { document in
            [
                prediction(
                    document, .perk, scores: [1], readSeconds: 2, answerSeconds: 0.25,
                    held: (bytes: 10_240, tokens: nil)
                ),
                prediction(
                    document, .inContextCached, scores: [1], readSeconds: 0.5, answerSeconds: 0.375,
                    held: (bytes: 128_000 << document, tokens: 128 << document)),
            ]
        }
        let summaries = EvaluationSummary.all(of: all, cells: [cell])
        #expect(summaries.map(\.method) == [.perk, .inContextCached])
        #expect(summaries[0].breakEvenCached == 12 && summaries[0].breakEvenTokens == 11)
        #expect(summaries[0].breakEven == nil && summaries[0].heldBytes == 10_240 && summaries[1].heldBytes == 192_000)
        #expect(summaries[1].breakEvenCached == nil && summaries[1].breakEvenTokens == nil)
        let text = EvaluationTable.text(summaries)
        #expect(text.contains("12 questions") && text.contains("fewer bytes than keys and values from 11 tokens on"))
        let results = try ResultsFile(
            summaries,
            heading: PredictionLog.Heading(model: "m", recipe: "ab", options: EvaluationOptions(), cells: [cell]),
            choice: choice
        ).serialized()
        let object = try #require(try JSONSerialization.jsonObject(with: results) as? [String: Any])
        let measures = try #require(object["results"] as? [String: [String: Any]])["facts, 4 people, perk"]
        #expect(measures?["break_even_questions_cached,none"] as? Int == 12)
        #expect(measures?["break_even_document_tokens_cached,none"] as? Int == 11)
        let config = try #require(object["config"] as? [String: Any])
        #expect(config["prompt_form"] as? String == "template, 1 worked example")
        #expect(config["prompt_form_rows"] as? Int == 50)
        let scores = ["plain, no worked example": 0.125, "template, 1 worked example": 0.25]
        #expect(config["prompt_form_scores"] as? [String: Double] == scores)
        let shots = try #require(object["n-shot"] as? [String: Int])
        #expect(shots["facts, 4 people, perk"] == 0 && shots["facts, 4 people, in-context-cached"] == 1)
    }

    private let choice = PromptFormChoice(
        form: PromptForm(style: .template, shots: 1), method: .inContext, rows: 50,
        candidates: [
            .init(form: PromptForm(style: .plain, shots: 0), score: 0.125),
            .init(form: PromptForm(style: .template, shots: 1), score: 0.25),
        ])

    /// As SQuAD has them: half of the answers are the accepted ones to the letter.
    @Test func exactMatchStandsBesideF1() throws {
        let prediction = Prediction(
            cell: cell.name, document: 0, identifier: nil, method: .perk, metric: .f1, tokens: 9, depth: nil,
            isCut: false, readSeconds: 1, peakMebibytes: 1, heldBytes: nil, heldTokens: nil,
            outcomes: [(1.0, 1.0), (0.5, 0.0)].map { score, exactMatch in
                Prediction.Outcome(
                    question: "Who?", answers: ["Zoe"], output: "Zoe", score: score, exactMatch: exactMatch, seconds: 1,
                    generatedTokens: 1)
            }, failure: nil)
        let summaries = EvaluationSummary.all(of: [prediction], cells: [cell])
        #expect(summaries[0].score.mean == 0.75 && summaries[0].exactMatch == 0.5)
        let lines = EvaluationTable.text(summaries).split(separator: "\n").map { line in
            line.split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        let columns = Dictionary(uniqueKeysWithValues: zip(lines[0], lines[1]))
        #expect(columns["measure"] == "f1" && columns["score"] == "0.750" && columns["exact match"] == "0.500")
        let heading = PredictionLog.Heading(model: "m", recipe: "ab", options: EvaluationOptions(), cells: [cell])
        let results = ResultsFile(summaries, heading: heading)
        #expect(results.results["facts, 4 people, perk"]?["exact_match,none"] == .number(0.5))
        #expect(results.higherIsBetter["facts, 4 people, perk"] == ["f1": true, "exact_match": true])
        // Of the other measures there is none beside the score.
        #expect(self.summaries(perkAnswer: 0.2)[0].exactMatch == nil)
        #expect(EvaluationTable.text(self.summaries(perkAnswer: 0.2)).contains("exact-match"))
    }

    @Test func whatIsNotReadHasNoSpeed() {
        let all = [prediction(0, .otherDocument, scores: [1], readSeconds: 0, answerSeconds: 0.2)]
        #expect(EvaluationSummary.all(of: all, cells: [cell])[0].tokensPerSecond == nil)
    }

    @Test func resultsHaveTheHarnessLayout() throws {
        let heading = PredictionLog.Heading(
            model: "m", recipe: "ab", options: EvaluationOptions(), cells: [cell])
        let data = try ResultsFile(
            summaries(perkAnswer: 0.2), heading: heading, date: Date(timeIntervalSince1970: 7)
        ).serialized()
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "results", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "config", "date",
            ])
        let results = try #require(object["results"] as? [String: [String: Any]])
        let perk = try #require(results["facts, 4 people, perk"])
        #expect(perk["exact_match,none"] as? Double == 0.75 && perk["break_even_questions,none"] as? Int == 5)
        #expect(perk["alias"] as? String == "facts, 4 people, perk")
        #expect(results.count == 3 && object["date"] as? Double == 7)
    }

    @Test func tableAndReportTellEveryFigureAndWhatWentWrong() {
        let summaries = summaries(perkAnswer: 0.2)
        let text = EvaluationTable.text(summaries, choice: choice)
        #expect(text.contains("0.750") && text.contains("5 questions"))
        #expect(
            text.contains("prompts: template, 1 worked example, chosen by in-context on 50 rows that are not evaluated")
        )
        #expect(text.contains("plain, no worked example: 0.125"))
        #expect(text.contains("facts, 4 people, in-context: failed on 1 of 2 documents"))
        #expect(text.contains("1 of 2 documents did not fit"))
        let lines = text.split(separator: "\n").prefix(4)
        #expect(Set(lines.map(\.count)).count == 1)
        let heading = PredictionLog.Heading(
            model: "<m>", recipe: "ab", options: EvaluationOptions(), cells: [cell])
        let page = EvaluationReport(
            summaries, predictions: predictions(perkAnswer: 0.2), heading: heading, choice: choice
        ).page.source
        #expect(page.contains("&lt;m&gt;") && !page.contains("<m>") && page.contains("0.750"))
        #expect(page.contains("chosen by in-context"))
        // One cell, but documents of two lengths and depths.
        #expect(page.components(separatedBy: ">Score<").count == 3)
    }
}
