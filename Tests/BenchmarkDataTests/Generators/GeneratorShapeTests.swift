import Foundation
import Testing

@testable import BenchmarkData

/// Length, depth and reproducibility of generated documents.
struct GeneratorShapeTests {
    private func settings(_ change: (inout GeneratorSettings) -> Void = { _ in }) -> GeneratorSettings {
        var settings = GeneratorSettings { $0.utf8.count / 4 + 1 }
        change(&settings)
        return settings
    }

    private func pieces(of row: QADocument) -> [String] { row.segments ?? Sentences.of(row.text) }

    @Test(arguments: GeneratedTask.withOwnWords, [256, 4096, 65_536])
    func theLengthIsMetWithinASentence(task: GeneratedTask, length: Int) throws {
        let settings = settings { $0.length = length }
        var generator = try task.generator(settings: settings)
        let row = try generator.row()
        let costs = pieces(of: row).map(settings.tokens)
        #expect(row.fields.length == costs.reduce(0, +))
        let missing = length - costs.reduce(0, +)
        // A sentence that was not used may be somewhat longer than all that were.
        #expect(missing >= 0 && missing < (costs.max() ?? 0) + 8, "\(missing) missing")
        #expect(row.fields.task == task.rawValue && generator.task == task)
    }

    @Test(arguments: GeneratedTask.withOwnWords.filter { $0 != .studentAggregate && $0 != .facts })
    func theRelevantSentencesStandAtTheDepth(task: GeneratedTask) throws {
        let depths: [Double] = [0, 0.1, 0.25, 0.5, 2 / 3, 0.9, 1]
        for (index, depth) in depths.enumerated() {
            for length in [512, 3000] {
                var generator = try task.generator(
                    settings: settings { ($0.depth, $0.length, $0.seed) = (depth, length, UInt64(index)) })
                for _ in 0..<5 {
                    let row = try generator.row()
                    let pieces = pieces(of: row)
                    let support = try #require(row.questions.first).support
                    let places = try support.map { try #require(pieces.firstIndex(of: $0)) }.sorted()
                    let first = try #require(places.first)
                    #expect(places == Array(first..<first + support.count), "they stand together")
                    #expect(abs(Double(first) - depth * Double(pieces.count - support.count)) <= 0.5)
                    #expect(row.fields.depth == depth)
                }
            }
        }
    }

    /// The first question is the one that a document with a single question has.
    @Test(arguments: [(GeneratedTask.qa1, 4), (.qa2, 3), (.qa3, 1)])
    func storiesAreAskedAboutEachOfThoseTheyTellOf(task: GeneratedTask, most: Int) throws {
        var counts: Set<Int> = []
        for seed in UInt64(0)..<20 {
            var one = try task.generator(settings: settings { ($0.length, $0.seed) = (400, seed) })
            var many = try task.generator(settings: settings { ($0.length, $0.seed, $0.questions) = (400, seed, 9) })
            let (single, several) = (try one.row(), try many.row())
            #expect(several.text == single.text && several.questions.first == single.questions.first)
            #expect(Set(several.questions.map(\.question)).count == several.questions.count)
            counts.insert(several.questions.count)
        }
        #expect(counts.max() == most)
    }

    @Test(arguments: [GeneratedTask.qa1, .needleSingle, .apiRetrieval])
    func withoutADepthAllDepthsOccur(task: GeneratedTask) throws {
        var generator = try task.generator(settings: settings { $0.length = 1024 })
        var tenths: Set<Int> = []
        for _ in 0..<200 {
            let row = try generator.row()
            let pieces = pieces(of: row)
            let place = try #require(pieces.firstIndex(of: row.questions[0].support[0]))
            let depth = Double(place) / Double(pieces.count - 1)
            #expect(row.fields.depth == depth)
            tenths.insert(min(9, Int(depth * 10)))
        }
        #expect(tenths == Set(0..<10))
    }

    @Test(arguments: GeneratedTask.withOwnWords) func seedSplitAndTaskDetermineTheDocuments(task: GeneratedTask) throws
    {
        func rows(seed: UInt64, split: DataSplit = .training) throws -> [QADocument] {
            let settings = settings { ($0.length, $0.seed, $0.split) = (400, seed, split) }
            var generator = try task.generator(settings: settings)
            return try (0..<5).map { _ in try generator.row() }
        }
        #expect(try rows(seed: 1) == rows(seed: 1))
        let all = try [(1, .training), (2, .training), (1, .evaluation), (1, .vocabulary)].flatMap {
            try rows(seed: $0, split: $1).map(\.text)
        }
        #expect(Set(all).count == all.count)
    }

    /// Recorded in one run and compared in every other: nothing may hang on the order of a dictionary or a set.
    @Test(arguments: [
        (
            GeneratedTask.qa2,
            """
            Quentin Event 1: Quentin walked to the butchery. Quentin Event 2: Quentin walked to the vault. A crane made \
            of iron is cheap but never golden for long. Matilda Event 3: Matilda hurried to the vault. Quentin Event 4: \
            Quentin picked up the fork. Its inventor called the plough a thick heap of cotton.
            """, "Where is the fork?", "vault"
        ),
        (
            .studentRelation,
            """
            Student Id: 7063246, Student Name: Ingrid Shyhai, Year: Sophomore, School: School of Natural Sciences, \
            Major: Astronomy, Grade: 61.
            Student Id: 7551835, Student Name: Celia Feaksea, Year: Junior, School: School of Languages, Major: Slavic \
            Studies, Grade: 63.
            """, "Does student 7063246 have a lower grade than student 7551835?", "Yes"
        ),
        (
            .apiRetrieval,
            """
            <api>pipeline('decompose', model='udax/ethpindjas-2')</api> domain: Time Series, functionality: decompose \
            rainfall levels, api_name: udax/ethpindjas-2, description: Made to decompose rainfall levels for mobile \
            devices.
            """,
            "Instruction: Write the call of an interface that can decompose rainfall levels for mobile devices.",
            "pipeline('decompose', model='udax/ethpindjas-2')"
        ),
        (
            .needleMultiquery,
            """
            Nobody has ever seen a turquoise eel near a saw. Every fortnight, the breeze wears the heavy bay down a \
            little. The secret number of happy-lagoon is 2246695. The secret number of usual-lagoon is 5647666. The \
            secret number of rapid-island is 3186253. The secret number of lively-acorn is 9025769.
            """, "What are the secret numbers of lively-acorn, usual-lagoon, rapid-island and happy-lagoon?",
            "9025769, 5647666, 3186253, 2246695"
        ),
    ])
    func theSameSeedGivesTheSameDocumentInEveryRun(
        task: GeneratedTask, text: String, question: String, answer: String
    ) throws {
        var generator = try task.generator(
            settings: settings { ($0.length, $0.seed, $0.facts) = (80, 3, task == .qa2 ? 4 : nil) })
        let row = try generator.row()
        #expect(row.text == text)
        #expect(row.questions[0].question == question && row.questions[0].target == answer)
    }

    @Test func factsAreAsManyAsAskedFor() throws {
        func row(_ task: GeneratedTask, _ facts: Int) throws -> QADocument {
            var generator = try task.generator(settings: settings { $0.facts = facts })
            return try generator.row()
        }
        for facts in [3, 7, 40] {
            #expect(try row(.qa3, facts).text.components(separatedBy: " Event ").count - 1 == facts)
            #expect(try row(.needleMultivalue, facts).questions[0].answers.count == facts)
            #expect(try Set(row(.needleMultiquery, facts).questions[0].answers).count == facts)
            let multikey = try row(.needleMultikey, facts)
            #expect(multikey.text.components(separatedBy: " secret number of ").count - 1 == facts)
            #expect(multikey.questions[0].answers.count == 1)
        }
    }

    @Test func aGridHasEachDepthOfEachLength() throws {
        let cells = settings().grid(lengths: [300, 600], depths: [0, 0.5, 1])
        let rows = try cells.map { cell in
            var generator = try GeneratedTask.needleSingle.generator(settings: cell)
            return try generator.row()
        }
        #expect(rows.map(\.fields.depth) == [0, 0.5, 1, 0, 0.5, 1])
        #expect(rows.map { ($0.fields.length ?? 0) > 300 } == [false, false, false, true, true, true])
    }

    @Test func answersAreBalanced() throws {
        var generator = try GeneratedTask.studentRelation.generator(settings: settings { $0.questions = 10 })
        let answers = try (0..<100).flatMap { _ in try generator.row().questions.map(\.target) }
        #expect((400...600).contains(answers.count { $0 == "Yes" }))
        #expect(Set(answers) == ["Yes", "No"])
    }

    @Test func locationsOfInterfacesAreGroups() throws {
        for (depth, group) in [(0, "begin"), (0.5, "middle"), (1, "end")] {
            var generator = try GeneratedTask.apiRetrieval.generator(settings: settings { $0.depth = depth })
            #expect(try generator.row().fields.groups == [group])
        }
    }
}

/// The sentences of a text, each with its full stop.
enum Sentences {
    static func of(_ text: String) -> [String] {
        text.components(separatedBy: ". ").map { $0.hasSuffix(".") ? $0 : $0 + "." }
    }
}
