import Foundation
import Testing

@testable import BenchmarkData

/// Training and evaluation speak of different names; of the values of each attribute a tenth is evaluation's alone.
struct WideSplitTests {
    /// What many documents of a split name and say, as their text has it.
    private struct Said {
        var names: Set<String> = []
        /// By attribute.
        var values: [String: Set<String>] = [:]
        /// The values that questions about what training does not show are about.
        var unseen: Set<String> = []
        var texts: Set<String> = []

        init(_ split: DataSplit, documents: Int = 200) throws {
            var settings = FactsSettings.everyForm
            (settings.minimumPlaces, settings.maximumPlaces) = (1, 2)
            (settings.minimumFirms, settings.maximumFirms) = (1, 2)
            (settings.minimumThings, settings.maximumThings) = (1, 2)
            (settings.unanswerable, settings.questionsPerDocument) = (0.1, 20)
            settings.reversedQuestions = 0
            var generator = try FactsGenerator(settings: settings, seed: 1, split: split)
            for _ in 0..<documents {
                let document = generator.document()
                texts.insert(document.text)
                for (key, stated) in try WideSolver(text: document.text).values {
                    names.insert(key.entity)
                    values[key.attribute, default: []].formUnion(stated)
                }
                unseen.formUnion(document.questions.filter { $0.group == .unseenValue }.map(\.answer))
            }
        }
    }

    private static let training = Result { try Said(.training) }
    private static let evaluation = Result { try Said(.evaluation) }

    @Test func namesAndDocumentsAreDisjoint() throws {
        let (training, evaluation) = (try Self.training.get(), try Self.evaluation.get())
        #expect(training.texts.count == 200 && evaluation.texts.count == 200)
        #expect(training.texts.isDisjoint(with: evaluation.texts))
        #expect(training.names.count > 1000 && evaluation.names.count > 700)
        #expect(training.names.isDisjoint(with: evaluation.names))
        // Nor do people share a first name or a surname.
        func parts(_ names: Set<String>) -> Set<String> {
            let census = Set(CensusNames.embedded.firstNames + CensusNames.embedded.surnames)
            return Set(names.flatMap { $0.split(separator: " ").map(String.init) }).intersection(census)
        }
        let people = (training: try people(.training), evaluation: try people(.evaluation))
        #expect(people.training.isDisjoint(with: people.evaluation))
        #expect(parts(people.training).count > 300 && parts(people.evaluation).count > 150)
        // The vocabulary is trained on names of training.
        #expect(try Said(.vocabulary, documents: 50).names.isDisjoint(with: evaluation.names))
    }

    /// The first names and surnames of the people in many documents.
    private func people(_ split: DataSplit) throws -> Set<String> {
        var settings = FactsSettings.everyForm
        (settings.minimumPeople, settings.maximumPeople, settings.newNames) = (4, 4, 0.2)
        var generator = try FactsGenerator(settings: settings, seed: 2, split: split)
        return try (0..<150).reduce(into: []) { names, _ in
            let people = try WideSolver(text: generator.document().text).values.keys.map(\.entity)
            names.formUnion(people.flatMap { $0.split(separator: " ").map(String.init) })
        }
    }

    @Test func aPartOfTheValuesIsEvaluationsAlone() throws {
        let (training, evaluation) = (try Self.training.get(), try Self.evaluation.get())
        let trained = training.values.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        #expect(evaluation.unseen.count > 150 && evaluation.unseen.isDisjoint(with: trained))
        #expect(training.unseen.isEmpty)
        for (attribute, values) in evaluation.values {
            let known = try #require(training.values[attribute])
            #expect(!known.isDisjoint(with: values) || known.count > 100, "\(attribute) shares no values")
            #expect(!evaluation.unseen.isDisjoint(with: values), "\(attribute) has no values that are new")
        }
    }

    /// Of all values, whatever they are drawn for.
    @Test func aTenthOfEachAttributesValuesIsHeldOut() {
        for attribute in WideWorld.embedded.kinds.flatMap(\.attributes) {
            var random = GeneratorSettings { _ in 1 }.random(for: .facts)
            let values = Set(
                (0..<3000).map { _ in WideWorld.embedded.symbols.phrase(attribute.value, using: &random) })
            let share = Double(values.count(where: DataSplit.isHeldOut)) / Double(values.count)
            #expect(
                (0.05...0.18).contains(share) && values.count > 20, "\(attribute.name): \(share) of \(values.count)")
        }
    }

    @Test(arguments: [GeneratedTask.qa1, .qa2, .qa3, .studentRecall, .studentRelation, .studentAggregate, .facts])
    func otherTasksTakeTheNamesOfTheirSplitToo(task: GeneratedTask) throws {
        func names(_ split: DataSplit) throws -> Set<String> {
            var settings = GeneratorSettings { $0.utf8.count / 4 + 1 }
            (settings.split, settings.world, settings.length) = (split, .wide, 1000)
            settings.background = ["…"]
            var generator = try task.generator(settings: settings)
            let census = Set(CensusNames.embedded.firstNames)
            return try (0..<40).reduce(into: []) { names, _ in
                let words = try generator.row().text.components(separatedBy: .letters.inverted)
                names.formUnion(census.intersection(words))
            }
        }
        let (training, evaluation) = (try names(.training), try names(.evaluation))
        #expect(training.count > 40 && evaluation.count > 40 && training.isDisjoint(with: evaluation))
    }
}
