import Testing

@testable import BenchmarkData

struct GeneratorSettingsTests {
    private typealias Change = @Sendable (inout GeneratorSettings) -> Void

    private static let refused: [(GeneratedTask, String, Change)] = [
        (.qa1, "length", { $0.length = 0 }),
        (.needleSingle, "length", { $0.length = GeneratorSettings.longest + 1 }),
        (.needleSingle, "depth", { $0.depth = 1.5 }),
        (.qa3, "depth", { $0.depth = -0.1 }),
        (.qa3, "depth", { $0.depth = .nan }),
        (.studentAggregate, "depth", { $0.depth = 0.5 }),
        (.facts, "depth", { $0.depth = 0.5 }),
        (.qa1, "facts", { $0.facts = 0 }),
        (.qa2, "facts", { $0.facts = 1 }),
        (.qa3, "facts", { $0.facts = 2 }),
        (.qa3, "facts", { $0.facts = .max }),
        (.needleSingle, "facts", { $0.facts = 1 }),
        (.studentRecall, "facts", { $0.facts = 3 }),
        (.needleMultikey, "facts", { $0.facts = 626 }),
        (.facts, "facts", { $0.facts = 10_000 }),
        (.qa1, "unanswerable", { $0.unanswerable = 1.25 }),
        (.qa1, "unanswerable", { $0.unanswerable = .nan }),
        (.needleMultikey, "facts", { ($0.unanswerable, $0.facts) = (0.5, 625) }),
        (.needleSingle, "world", { $0.world = .wide }),
        (.apiRetrieval, "world", { $0.world = .wide }),
        (.needleSingle, "questions", { $0.questions = 2 }),
        (.studentRecall, "questions", { $0.questions = 0 }),
        (.studentRecall, "questions", { $0.questions = 1001 }),
        (.qa1, "background", { $0.background = [] }),
        (.qa1, "background", { $0.background = ["Then Vera left.", " "] }),
        (.needleSingle, "background", { $0.background = ["It is a Secret."] }),
    ]

    @Test(arguments: refused.indices) func settingsThatCannotBeMetAreRefused(index: Int) throws {
        let (task, setting, change) = Self.refused[index]
        var settings = GeneratorSettings { $0.utf8.count / 4 + 1 }
        change(&settings)
        let error = try #require(throws: GeneratorError.self) { try task.generator(settings: settings) }
        #expect(error.setting == setting, "\(error)")
        #expect(error.description.hasPrefix("\(task.rawValue): \(setting): "))
    }

    @Test(arguments: GeneratedTask.withOwnWords) func lengthsThatDoNotHoldTheFactsAreRefused(task: GeneratedTask) throws
    {
        var settings = GeneratorSettings { $0.utf8.count }
        settings.length = 15
        var generator = try task.generator(settings: settings)
        let error = try #require(throws: GeneratorError.self) { try generator.row() }
        #expect(error.setting == "length" && error.task == task)
    }

    /// A story is as short as its support where there is room for nothing else.
    @Test func storiesShrinkToTheLength() throws {
        var settings = GeneratorSettings { _ in 1 }
        settings.length = 3
        var generator = try GeneratedTask.qa3.generator(settings: settings)
        let row = try generator.row()
        #expect(Sentences.of(row.text) == row.questions[0].support)
        settings.facts = 4
        generator = try GeneratedTask.qa3.generator(settings: settings)
        #expect(throws: GeneratorError.self) { try generator.row() }
    }

    @Test(arguments: [-5, 0, 1]) func countsBelowOneAreOne(count: Int) throws {
        var settings = GeneratorSettings { _ in count }
        settings.length = 50
        var generator = try GeneratedTask.needleSingle.generator(settings: settings)
        let row = try generator.row()
        #expect(row.fields.length == 50 && Sentences.of(row.text).count == 50)
    }

    @Test func countsThatOverflowAreTooLong() throws {
        var generator = try GeneratedTask.needleMultikey.generator(settings: GeneratorSettings { _ in .max })
        #expect(throws: GeneratorError.self) { try generator.row() }
    }

    @Test func aTextOfOnesOwnIsTheBackgroundInItsOrder() throws {
        let text = (1...9).map { "Line \($0) follows." } + ["Vera Event 1: Vera went home.", "A secret."]
        var settings = GeneratorSettings { _ in 1 }
        (settings.background, settings.length, settings.facts) = (text, 40, 5)
        for task in [GeneratedTask.qa1, .needleMultikey] {
            var generator = try task.generator(settings: settings)
            let lines = try Sentences.of(generator.row().text).filter(text.contains)
            #expect(lines.count == 35)
            let usable = text.filter { $0 != (task == .qa1 ? text[9] : text[10]) }
            let start = try #require(usable.firstIndex(of: lines[0]))
            #expect(lines == lines.indices.map { usable[(start + $0) % usable.count] })
        }
    }
}
