import Foundation
import Testing

@testable import BenchmarkData

/// The answers of generated documents are those that solvers find, which know nothing but text and question.
///
/// PERK_TEST_DOCUMENTS=10000 sets how many documents are generated over all tasks.
struct GeneratorAgreementTests {
    private static let documents =
        ProcessInfo.processInfo.environment["PERK_TEST_DOCUMENTS"].flatMap { Int($0) } ?? 2400

    @Test(arguments: GeneratedTask.withOwnWords) func aSolverFindsTheSameAnswer(task: GeneratedTask) throws {
        let tasks = GeneratedTask.withOwnWords.count
        let factsSolver = try FactsSolver(world: .embedded)
        for index in 0..<(Self.documents + tasks - 1) / tasks {
            var generator = try task.generator(settings: settings(index, task))
            try check(
                generator.row(), task: task, isWide: settings(index, task).world == .wide, factsSolver: factsSolver,
                comment: "\(task) \(index)")
        }
    }

    /// Settings that differ from index to index in all that can differ.
    private func settings(_ index: Int, _ task: GeneratedTask) -> GeneratorSettings {
        var settings = GeneratorSettings { $0.utf8.count / 4 + 1 }
        settings.seed = UInt64(index)
        settings.split = index % 2 == 0 ? .training : .evaluation
        settings.length = index % 25 == 24 ? 8192 : [256, 384, 512, 1024, 2048][index / 2 % 5]
        settings.numbersEvents = index % 3 != 0
        settings.needleValues = NeedleValues.allCases[index / 3 % 3]
        if index % 4 == 3 { settings.unanswerable = 0.5 }
        if index % 5 == 4, !task.isNeedle, task != .apiRetrieval { settings.world = .wide }
        if task != .studentAggregate && task != .facts {
            settings.depth = [nil, 0, 0.25, 0.5, 0.9, 1][index % 6]
        }
        switch task {
        case .qa1, .qa2, .qa3:
            if settings.length >= 1024 { settings.facts = 3 + index % 58 }
            settings.questions = 1 + index % 4
        case .needleMultikey, .needleMultivalue, .needleMultiquery: settings.facts = 1 + index % 6
        case .studentRecall, .studentRelation, .studentAggregate, .facts: settings.questions = 1 + index % 2
        default: break
        }
        return settings
    }

    /// Those whom a story may be about: the listed ones, and of the many names of the wide world those that begin a
    /// sentence.
    private func people(in text: String) -> [String] {
        let people = GeneratorWords.embedded.people
        let firstWords = text.components(separatedBy: ". ").map { String($0.prefix { $0 != " " }) }
        return people.training + people.evaluation
            + Set(firstWords).intersection(CensusNames.embedded.firstNames).subtracting(people.training)
            .subtracting(people.evaluation)
    }

    private func check(
        _ row: QADocument, task: GeneratedTask, isWide: Bool, factsSolver: FactsSolver, comment: Comment
    ) throws {
        let segments = row.segments ?? []
        let students = StudentSolver(segments: segments)
        for question in row.questions {
            let isAnswerable = question.group != .unanswerable
            #expect(isAnswerable == (question.answers != ["unknown"]), comment)
            switch task {
            case .qa1, .qa2, .qa3:
                let solver = try StorySolver(text: row.text, people: people(in: row.text))
                let answer = isAnswerable ? try solver.answer(to: question.question) : nil
                #expect(
                    (answer ?? (try? solver.answer(to: question.question)) ?? "unknown") == question.target, comment)
                #expect(!isAnswerable || question.support.count == (task == .qa1 ? 1 : task == .qa2 ? 2 : 3), comment)
                #expect(question.labels.contains(question.target), comment)
                #expect(question.labels.count == (isAnswerable ? 6 : 7), comment)
            case .studentRecall, .studentRelation, .studentAggregate:
                let answer = students.answer(to: question.question) ?? "unknown"
                #expect(answer == question.target, "\(comment) \(question.question)")
            case .apiRetrieval:
                let calls = RetrievalSolver.calls(for: question.question, in: segments)
                #expect(calls == (isAnswerable ? question.answers : []), comment)
            case .cloze:
                let solutions = try ClozeQuestionsTests.solutions(of: question.question, in: row.text)
                #expect(solutions == (isAnswerable ? Set(question.answers) : []), comment)
            case .needleSingle, .needleMultikey, .needleMultivalue, .needleMultiquery:
                let values = RetrievalSolver.values(for: question.question, in: row.text)
                #expect(values == (isAnswerable ? question.answers : []), comment)
                #expect(Set(values).count == values.count && values.isEmpty != isAnswerable, comment)
                #expect(question.needsEveryAnswer == (values.count > 1), comment)
            case .facts where isWide:
                #expect(try WideSolver(text: row.text).answer(to: question.question) == question.target, comment)
            case .facts:
                let answers = try factsSolver.answers(to: question.question, in: row.text)
                #expect(answers == (isAnswerable ? question.answers : []), comment)
            default: Issue.record("no solver knows \(task)")
            }
            #expect(question.answers.count == 1 || question.needsEveryAnswer, comment)
            #expect(question.support.isEmpty == (task == .studentAggregate || !isAnswerable), comment)
            for sentence in question.support {
                #expect(row.segments.map { $0.contains(sentence) } ?? row.text.contains(sentence), comment)
            }
        }
    }
}

extension GeneratedTask {
    /// The tasks that need no text.
    static let withOwnWords = allCases.filter { $0 != .cloze }
}
