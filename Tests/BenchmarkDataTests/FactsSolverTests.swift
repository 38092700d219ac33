import Testing

@testable import BenchmarkData

struct FactsSolverTests {
    private func settings(_ index: Int) -> FactsSettings {
        var settings = FactsSettings()
        (settings.minimumPeople, settings.maximumPeople) = (1 + index % 3, 3 + index % 5)
        (settings.minimumPlaces, settings.maximumPlaces) = (0, index % 3)
        (settings.minimumThings, settings.maximumThings) = (0, index % 4)
        settings.maximumDistractors = index % 7
        settings.attributesInUse = 1 + index % 6
        settings.factsPerEntity = 1 + index % 6
        settings.sharesAttributes = index.isMultiple(of: 2)
        settings.statementPhrasings = 1 + index % 4
        settings.questionPhrasings = 1 + index % 3
        settings.newNames = Double(index % 5) / 4
        return settings
    }

    @Test func aSolverThatReadsOnlyTheTextAgrees() throws {
        let solver = try FactsSolver(world: .embedded)
        var asked = 0
        for index in 0..<100 {
            var generator = try FactsGenerator(settings: settings(index), seed: UInt64(index), split: .evaluation)
            for _ in 0..<5 {
                let document = generator.document()
                for question in document.questions {
                    #expect(try solver.answers(to: question.question, in: document.text) == [question.answer])
                    asked += 1
                }
            }
        }
        #expect(asked == 500 * 8)
    }

    @Test func theSupportingSentenceIsTheOneThatAnswers() throws {
        let solver = try FactsSolver(world: .embedded)
        for index in 0..<20 {
            var settings = settings(index)
            // As many as the largest document has facts, so that every fact is asked.
            settings.questionsPerDocument = settings.factsPerEntity * 12
            var generator = try FactsGenerator(settings: settings, seed: UInt64(index), split: .training)
            let document = generator.document()
            for question in document.questions {
                var sentences = document.sentences
                let support = sentences.remove(at: question.support[0])
                #expect(try solver.answers(to: question.question, in: support) == [question.answer])
                let rest = sentences.joined(separator: " ")
                #expect(try solver.answers(to: question.question, in: rest).isEmpty)
            }
        }
    }
}
