import Foundation
import SeededRandom
import Testing

@testable import BenchmarkData

/// Documents of the task `cloze`, from a text of the built-in grammar.
@Suite struct ClozeGeneratorTests {
    private static let text: [String] = {
        var source = BackgroundSource(GeneratorSettings { _ in 1 }, for: .qa1)
        var random = RandomSource(seed: 9)
        return (0..<400).map { "On day \($0) \(source.sentence(using: &random))" }
    }()

    private func settings(_ split: DataSplit = .training, questions: Int = 3) -> GeneratorSettings {
        var settings = GeneratorSettings { $0.split(separator: " ").count }
        (settings.split, settings.length, settings.questions, settings.seed) = (split, 80, questions, 4)
        settings.background = Self.text
        return settings
    }

    /// By a regular expression over the document; 10,000 documents where `PERK_TEST_DOCUMENTS` says so.
    @Test func answersAgreeWithASolver() throws {
        let count = ProcessInfo.processInfo.environment["PERK_TEST_DOCUMENTS"].flatMap(Int.init) ?? 300
        var generator = try GeneratedTask.cloze.generator(settings: settings())
        var questions = 0
        for _ in 0..<count {
            let row = try generator.row()
            for question in row.questions {
                #expect(
                    try ClozeQuestionsTests.solutions(of: question.question, in: row.text) == Set(question.answers),
                    "\(question) in \(row.text)")
                questions += 1
            }
        }
        #expect(questions > 2 * count)
    }

    @Test func someQuestionsAreLeftOpen() throws {
        var settings = settings()
        settings.unanswerable = 0.5
        var generator = try GeneratedTask.cloze.generator(settings: settings)
        var open = 0, all = 0
        for _ in 0..<100 {
            let row = try generator.row()
            for question in row.questions where question.answers == [DocumentQuestion.unknown] {
                #expect(try ClozeQuestionsTests.solutions(of: question.question, in: row.text).isEmpty)
                open += 1
            }
            all += row.questions.count
        }
        #expect((0.35...0.65).contains(Double(open) / Double(all)))
    }

    @Test func documentsKeepTheLengthAndDependOnTheSeedAlone() throws {
        var one = try GeneratedTask.cloze.generator(settings: settings())
        var other = try GeneratedTask.cloze.generator(settings: settings())
        for _ in 0..<50 {
            let row = try one.row()
            let words = row.text.split(separator: " ").count
            #expect(words <= 80 && row.fields.length == words && (1...3).contains(row.questions.count))
            #expect(try other.row() == row)
        }
    }

    @Test func trainingAndEvaluationShareNoSentence() throws {
        func sentences(_ split: DataSplit) throws -> Set<String> {
            var generator = try GeneratedTask.cloze.generator(settings: settings(split))
            return try Set(
                (0..<200).flatMap { _ in
                    try generator.row().text.components(separatedBy: "On day ").map {
                        $0.trimmingCharacters(in: .whitespaces)
                    }
                }.filter { !$0.isEmpty })
        }
        let (training, evaluation) = (try sentences(.training), try sentences(.evaluation))
        #expect(training.count > 200 && evaluation.count > 30 && training.isDisjoint(with: evaluation))
    }

    @Test(arguments: [nil, [], ["Yes.", "No.", "Go on!"]] as [[String]?])
    func textsWithoutASentenceForItAreRefused(_ text: [String]?) throws {
        var settings = settings()
        settings.background = text
        let error = #expect(throws: GeneratorError.self) {
            var generator = try GeneratedTask.cloze.generator(settings: settings)
            _ = try generator.row()
        }
        #expect(error?.setting == "background" && error?.description.contains("give") == true)
    }
}
