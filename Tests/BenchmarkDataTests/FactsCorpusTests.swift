import Testing

@testable import BenchmarkData

struct FactsCorpusTests {
    @Test func everythingInTheWorldIsCovered() throws {
        let lines = Set(try FactsCorpus.lines(documents: 0, seed: 0))
        let text = lines.joined(separator: "\n")
        for name in FactsWorld.embedded.names { #expect(text.contains(name), "\(name)") }
        for attribute in FactsWorld.embedded.kinds.flatMap(\.attributes) {
            for pattern in attribute.statements + attribute.questions {
                let parts = pattern.source.split(whereSeparator: { "{}".contains($0) })
                let literal = parts.filter { $0 != "entity" && $0 != "value" }.max { $0.count < $1.count }
                #expect(text.contains(try #require(literal)), "\(pattern.source)")
            }
            for value in attribute.values {
                #expect(lines.contains(value))
                #expect(lines.contains { $0.hasSuffix("? Answer: \(value)") }, "\(value)")
            }
        }
        for word in FactsWorld.embedded.distractors.slots.values.joined() { #expect(lines.contains(word)) }
    }

    @Test func aWordStandsAloneOftenEnoughToBecomeOnePiece() throws {
        let lines = try FactsCorpus.lines(documents: 0, seed: 0)
        for word in ["Zoe", "necklace", "violin", "earns", "Answer", "Friday"] {
            #expect(lines.count { $0 == word } == 60, "\(word)")
        }
    }

    @Test func aTasksDocumentsStandOnLinesWithTheirQuestions() throws {
        func lines(_ task: GeneratedTask, seed: UInt64 = 1) throws -> [String] {
            try FactsCorpus.lines(of: task, documents: 3, seed: seed, world: .small)
        }
        let stories = try lines(.qa1)
        #expect(stories.count == 6 && stories[1].hasPrefix("Where is ") && stories[1].contains("? Answer: "))
        let records = try lines(.studentRecall)
        #expect(records.count { $0.contains("Student Id") } > 6 && records.count { $0.contains("? Answer: ") } == 3)
        #expect(try lines(.qa1) == stories && lines(.qa1, seed: 2) != stories)
        #expect(throws: FactsSettingsError.self) {
            try FactsCorpus.lines(of: .qa1, documents: -1, seed: 1, world: .small)
        }
        #expect(throws: GeneratorError.self) {
            try FactsCorpus.lines(of: .needleSingle, documents: 1, seed: 1, world: .wide)
        }
    }

    @Test func documentsComeFirstAndAreDrawnFromTheirOwnStream() throws {
        let coverage = Array(try FactsCorpus.lines(documents: 0, seed: 5))
        let lines = Array(try FactsCorpus.lines(documents: 20, seed: 5))
        #expect(lines.suffix(coverage.count) == coverage[...])
        let spoken = lines.dropLast(coverage.count)
        #expect(spoken.count { $0.contains("? Answer: ") } == 20 * 8)
        #expect(spoken.count > 20 * (8 + 10))
        #expect(lines == Array(try FactsCorpus.lines(documents: 20, seed: 5)))
        #expect(lines != Array(try FactsCorpus.lines(documents: 20, seed: 6)))
    }

    @Test func theWideWorldIsToldInTheWordsOfTraining() throws {
        let lines = Array(try FactsCorpus.wideLines(documents: 100, seed: 5))
        #expect(lines.count { $0.contains("? Answer: ") } == 100 * 8 && lines.count > 1800)
        let words = Set(lines.flatMap { $0.split(whereSeparator: { !$0.isLetter }).map(String.init) })
        let census = (CensusNames.embedded.women + CensusNames.embedded.surnames).filter(words.contains)
        #expect(census.count > 150 && !census.contains(where: DataSplit.isHeldOut))
        #expect(lines == Array(try FactsCorpus.wideLines(documents: 100, seed: 5)))
        #expect(throws: FactsSettingsError.self) { try FactsCorpus.wideLines(documents: -1, seed: 0) }
    }

    @Test func aNegativeNumberOfDocumentsIsRefused() {
        #expect(throws: FactsSettingsError.self) { try FactsCorpus.lines(documents: -1, seed: 0) }
    }
}
