import Foundation
import Testing

@testable import BenchmarkData

/// Training and evaluation documents speak of different things.
struct GeneratorVocabularyTests {
    /// Words of phrasings, years and grades, and those that domains and traits are joined with.
    private static let shared = Set(
        """
        Event went moved walked travelled hurried to the took grabbed picked up got there dropped left put down
        discarded
        Student Id Name Year School Major Grade Freshman Sophomore Junior Senior of and
        api domain functionality api_name description Made load pipeline model from_hub hub fetch revision main
        Yes No secret number word code One The is
        in with on a for from at each
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    private func words(of task: GeneratedTask, _ split: DataSplit) throws -> Set<String> {
        var words: Set<String> = []
        for values in task.isNeedle ? NeedleValues.allCases : [.numbers] {
            var settings = GeneratorSettings { $0.utf8.count / 4 + 1 }
            (settings.split, settings.length, settings.needleValues) = (split, 1500, values)
            settings.background = ["…"]
            var generator = try task.generator(settings: settings)
            for _ in 0..<60 {
                let row = try generator.row()
                for text in [row.text] + row.questions.flatMap({ $0.answers + $0.labels }) {
                    words.formUnion(
                        text.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }.map(String.init))
                }
            }
        }
        // Grades, and the numbers of events.
        return words.filter { Int($0).map { $0 > 1000 } ?? true }.subtracting(Self.shared)
    }

    @Test(arguments: GeneratedTask.withOwnWords.filter { $0 != .facts })
    func splitsHaveNoVocabularyInCommon(task: GeneratedTask) throws {
        let training = try words(of: task, .training)
        let evaluation = try words(of: task, .evaluation)
        #expect(training.count > 20 && evaluation.count > 20)
        #expect(training.intersection(evaluation).isEmpty, "\(training.intersection(evaluation))")
        // A vocabulary is trained on the words of training.
        let vocabulary = try words(of: task, .vocabulary)
        #expect(vocabulary.intersection(evaluation).isEmpty)
    }

    @Test func theListsHaveNothingInCommon() {
        let words = GeneratorWords.embedded
        let domains = words.interfaces
        let lists: [(training: [String], evaluation: [String])] = [
            (words.people.training, words.people.evaluation), (words.places.training, words.places.evaluation),
            (words.objects.training, words.objects.evaluation),
            (words.schools.training.map(\.school), words.schools.evaluation.map(\.school)),
            (words.schools.training.flatMap(\.majors), words.schools.evaluation.flatMap(\.majors)),
            (domains.training.map(\.domain), domains.evaluation.map(\.domain)),
            (domains.training.flatMap(\.actions), domains.evaluation.flatMap(\.actions)),
            (domains.training.flatMap(\.subjects), domains.evaluation.flatMap(\.subjects)),
            (words.traits.training, words.traits.evaluation),
            (words.adjectives.training, words.adjectives.evaluation), (words.nouns.training, words.nouns.evaluation),
        ]
        for (training, evaluation) in lists {
            let all = (training + evaluation).map { $0.lowercased() }
            #expect(Set(all).count == all.count)
        }
    }

    /// The built-in background has no word that stories or needles are about.
    @Test func theBackgroundCannotBeMistaken() {
        let words = GeneratorWords.embedded
        let telling = [words.people, words.places, words.objects].flatMap { $0.training + $0.evaluation } + ["secret"]
        let grammar = Grammar.embedded
        let background = grammar.sentences.map(\.source) + grammar.slots.values.flatMap { $0 }
        let used = Set(background.flatMap { $0.lowercased().components(separatedBy: .letters.inverted) })
        #expect(used.isDisjoint(with: telling.map { $0.lowercased() }))
        #expect(grammar.sentences.allSatisfy { Set($0.slots).isSubset(of: grammar.slots.keys) })
        #expect(Set(grammar.sentences).count == grammar.sentences.count && grammar.sentences.count >= 40)
    }

    @Test func theBackgroundHardlyRepeatsItself() {
        var background = BackgroundSource(GeneratorSettings { _ in 1 }, for: .qa1)
        var settings = GeneratorSettings { _ in 1 }
        settings.seed = 5
        var random = settings.random(for: .qa1)
        background.restart(using: &random)
        let sentences = (0..<10_000).map { _ in background.sentence(using: &random) }
        #expect(Set(sentences).count > 9_500)
        #expect(sentences.allSatisfy { $0.first?.isUppercase == true && $0.hasSuffix(".") && !$0.contains("{") })
    }
}
