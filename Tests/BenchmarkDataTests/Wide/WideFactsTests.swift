import Foundation
import PERKModel
import Testing

@testable import BenchmarkData

/// Documents of the wide world.
///
/// PERK_TEST_DOCUMENTS=10000 sets how many documents of each form are solved again.
struct WideFactsTests {
    private static let documents =
        ProcessInfo.processInfo.environment["PERK_TEST_DOCUMENTS"].flatMap { Int($0) } ?? 150

    /// A form that documents take, alone or with all others.
    enum Form: String, CaseIterable, CustomTestStringConvertible {
        case sentences, paragraphs, compounds, changes, reversedQuestions, unanswerable, all

        var testDescription: String { rawValue }

        /// Settings that differ from index to index in what can differ besides.
        func settings(_ index: Int) -> FactsSettings {
            var settings = FactsSettings.everyForm
            (settings.paragraphs, settings.compounds, settings.changes, settings.reversedQuestions) = (0, 0, 0, 0)
            (settings.minimumPeople, settings.maximumPeople) = (1 + index % 3, 3 + index % 4)
            (settings.maximumPlaces, settings.maximumFirms, settings.maximumThings) = (index % 3, index % 2, index % 4)
            settings.maximumDistractors = index % 5
            settings.factsPerEntity = 1 + index % 6
            settings.sharesAttributes = index.isMultiple(of: 2)
            settings.newNames = Double(index % 5) / 4
            if self == .paragraphs || self == .all { settings.paragraphs = 1 }
            if self == .compounds || self == .all { settings.compounds = 0.5 }
            if self == .changes || self == .all { settings.changes = 0.5 }
            if self == .reversedQuestions || self == .all { settings.reversedQuestions = 0.5 }
            if self == .unanswerable || self == .all { settings.unanswerable = 0.3 }
            return settings
        }

        func document(_ index: Int) throws -> FactsDocument {
            let split: DataSplit = index.isMultiple(of: 2) ? .training : .evaluation
            var generator = try FactsGenerator(settings: settings(index), seed: UInt64(index), split: split)
            return generator.document()
        }
    }

    @Test(arguments: Form.allCases) func aSolverThatReadsOnlyTheTextAgrees(form: Form) throws {
        for index in 0..<Self.documents {
            let document = try form.document(index)
            let solver = try WideSolver(text: document.text)
            #expect(document.questions.count == 8)
            for question in document.questions {
                let answer = try solver.answer(to: question.question)
                #expect(answer == question.answer, "\(question.question) about: \(document.text)")
                #expect((question.answer == "unknown") == (question.group == .unanswerable))
            }
        }
    }

    /// The sentences of the support tell the answer without the others, and all others do not.
    @Test(arguments: [Form.sentences, .paragraphs, .compounds, .changes])
    func theSupportTellsTheAnswer(form: Form) throws {
        for index in 0..<40 {
            let document = try form.document(index)
            let sentences = document.sentences
            for question in document.questions {
                let support = question.support.map { sentences[$0] }.joined(separator: " ")
                let solver = try WideSolver(text: support)
                #expect(try solver.answer(to: question.question) == question.answer, "\(support)")
            }
        }
    }

    /// What is trained on, sentence by sentence, is what a reader of the text would make of it.
    @Test func theSentencesOfTheTextAreThoseOfTheDocument() throws {
        for index in 0..<60 {
            let document = try Form.all.document(index)
            #expect(TextFormat().parts(of: document.text) == document.sentences)
        }
    }

    @Test func everyFormOccurs() throws {
        func text(_ form: Form) throws -> String {
            try (0..<60).map { try form.document($0).text }.joined(separator: "\n\n")
        }
        func count(_ pattern: Regex<Substring>, _ text: String) -> Int { text.matches(of: pattern).count }
        let pronoun = /\b(?:She|He|It|she|he|it|Her|His|Its|her|his|him)\s/
        let (sentences, paragraphs) = (try text(.sentences), try text(.paragraphs))
        #expect(count(pronoun, paragraphs) > 5 * count(pronoun, sentences) && count(pronoun, paragraphs) > 200)
        let second = /(?:, and|, while|, but|;)\s/
        #expect(count(second, sentences) == 0)
        #expect(try count(second, text(.compounds)) > 100)
        let change = /\b(?:moved to|now|became|changed over to|rose to|grew to|took up)\b/
        #expect(count(change, sentences) == 0)
        #expect(try count(change, text(.changes)) > 100)
        let questions = try (0..<60).flatMap { try Form.all.document($0).questions }
        #expect(questions.count { $0.question.hasPrefix("Who ") } > 20)
        #expect(questions.count { $0.group == .unanswerable } > 80)
        #expect(questions.count { $0.group == .unseenValue } > 10)
    }

    /// Recorded in one run and compared in every other: nothing may hang on the order of a dictionary or a set.
    @Test func theSameSeedGivesTheSameDocumentInEveryRun() throws {
        let document = try Form.all.document(7)
        let paragraph = """
            Faircote goes back to 1728, and few people remember why. The river Aistym flows through it. Grekailstind \
            Siedcla's house is full of old badges. Grekailstind Siedcla remembers every face, and he works as an \
            airport guide. Grekailstind now works as a school engineer, and nothing else changed that year.
            """
        #expect(document.paragraphs[0].joined(separator: " ") == paragraph)
        #expect(
            document.questions.prefix(2) == [
                FactQuestion(
                    question: "Who works as a school engineer?", answer: "Grekailstind Siedcla", support: [3, 4]),
                FactQuestion(
                    question: "Who owns a young sheep?", answer: "unknown", support: [], group: .unanswerable),
            ])
    }

    @Test func settingsBeyondTheWorldAreRefused() throws {
        func key(_ change: (inout FactsSettings) -> Void) -> String? {
            var settings = FactsSettings()
            change(&settings)
            let error = #expect(throws: FactsSettingsError.self) { try settings.validate() }
            return error?.key
        }
        #expect(key { $0.paragraphs = 0.5 } == "paragraphs")
        #expect(key { $0.maximumFirms = 1 } == "maximumFirms")
        #expect(key { $0.compounds = 1 } == "compounds")
        #expect(key { $0.changes = 1 } == "changes")
        #expect(key { $0.reversedQuestions = 1 } == "reversedQuestions")
        #expect(key { ($0.world, $0.changes) = (.wide, 1.5) } == "changes")
        #expect(key { $0.unanswerable = -0.5 } == "unanswerable")
        #expect(key { ($0.world, $0.maximumThings) = (.wide, 101) } == "maximumThings")
    }

    /// The largest documents can be drawn, of what evaluation has too.
    @Test(arguments: [DataSplit.training, .evaluation]) func largeDocumentsAreDrawn(split: DataSplit) throws {
        var settings = FactsSettings.everyForm
        (settings.minimumPeople, settings.maximumPeople) = (400, 400)
        (settings.minimumThings, settings.maximumThings) = (100, 100)
        (settings.minimumPlaces, settings.maximumPlaces) = (100, 100)
        (settings.minimumFirms, settings.maximumFirms) = (100, 100)
        (settings.paragraphs, settings.factsPerEntity) = (1, 1)
        var generator = try FactsGenerator(settings: settings, seed: 1, split: split)
        let document = generator.document()
        let entities = try Set(WideSolver(text: document.text).values.keys.map(\.entity))
        #expect(entities.count == 700)
    }
}
