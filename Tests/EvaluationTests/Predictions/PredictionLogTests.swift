import BenchmarkData
import BenchmarkDataSupport
import Foundation
import Testing

@testable import Evaluation

@Suite struct PredictionLogTests {
    private let folder: URL
    private var path: String { folder.appendingPathComponent("predictions.jsonl").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("predictions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func heading(
        seed: UInt64 = 1, source: any DocumentSource = Self.facts(seed: 1)
    ) -> PredictionLog.Heading {
        var options = EvaluationOptions()
        options.seed = seed
        return PredictionLog.Heading(
            model: "m", recipe: "r", options: options,
            cells: [EvaluationCell(source, documents: 3)])
    }

    private static func facts(seed: UInt64) -> FactsSource {
        FactsSource(people: 4, settings: FactsSettings(), seed: seed, split: .evaluation)
    }

    /// Cells of one name are not the same where their documents are not.
    @Test func documentsOfAnotherFileOrSeedAreOthers() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        func row(_ city: String) -> String { #"{"context": "Zoe lives.", "question": "Where?", "answer": "\#(city)"}"# }
        let file = try TemporaryRows(row("Oslo"))
        let other = try TemporaryRows(row("Oslo"))
        var log = try PredictionLog(path: path, heading: heading(source: try FileSource(path: file.path)))
        try log.append(prediction(0))
        #expect(
            try PredictionLog(path: path, heading: heading(source: FileSource(path: file.path))).predictions.count == 1)
        #expect(throws: PredictionLogError.self) {
            try PredictionLog(path: path, heading: heading(source: FileSource(path: other.path)))
        }
        try Data(row("Rome").utf8).write(to: URL(fileURLWithPath: file.path))
        #expect(throws: PredictionLogError.self) {
            try PredictionLog(path: path, heading: heading(source: FileSource(path: file.path)))
        }
        #expect(heading(source: Self.facts(seed: 1)) == heading() && heading(source: Self.facts(seed: 2)) != heading())
    }

    private func prediction(_ document: Int) -> Prediction {
        Prediction(
            cell: "facts, 4 people", document: document, identifier: nil, method: .perk, metric: .f1, tokens: 9,
            depth: nil,
            isCut: false, readSeconds: 0.5, peakMebibytes: 3, heldBytes: 7, heldTokens: nil,
            outcomes: [
                .init(
                    question: "Who?\n", answers: ["Zoë"], output: "\"x\"", score: 0.25, seconds: 0.125,
                    generatedTokens: 2)
            ], failure: nil)
    }

    @Test func predictionsAreFoundAgain() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var log = try PredictionLog(path: path, heading: heading())
        for document in 0..<2 { try log.append(prediction(document)) }
        var again = try PredictionLog(path: path, heading: heading())
        #expect(again.predictions == [prediction(0), prediction(1)])
        #expect(again.holds(prediction(1).key) && !again.holds(prediction(2).key))
        try again.append(prediction(2))
        #expect(try PredictionLog(path: path, heading: heading()).predictions.count == 3)
    }

    /// Cut anywhere, the file is gone on with behind its last whole line.
    @Test func linesThatWereCutOffAreDropped() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var log = try PredictionLog(path: path, heading: heading())
        for document in 0..<2 { try log.append(prediction(document)) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
        for length in stride(from: 0, through: whole.count, by: 13) {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            var cut = try PredictionLog(path: path, heading: heading())
            #expect(cut.predictions.count == max(0, ends.count { $0 < length } - 1))
            for document in cut.predictions.count..<2 { try cut.append(prediction(document)) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole, "\(length)")
        }
    }

    @Test func theFormOfPromptsIsFoundAgain() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let choice = PromptFormChoice(
            form: PromptForm(style: .template, shots: 1), method: .inContext, rows: 50,
            candidates: [.init(form: PromptForm(style: .template, shots: 1), score: 0.25)])
        var log = try PredictionLog(path: path, heading: heading())
        #expect(log.choice == nil)
        try log.record(choice)
        try log.append(prediction(0))
        let again = try PredictionLog(path: path, heading: heading())
        #expect(again.choice == choice && again.predictions == [prediction(0)])
    }

    @Test func otherEvaluationsAndDamageAreRefused() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var log = try PredictionLog(path: path, heading: heading())
        try log.append(prediction(0))
        let other = #expect(throws: PredictionLogError.self) {
            _ = try PredictionLog(path: path, heading: heading(seed: 2))
        }
        #expect(other?.problem.contains("another model") == true)
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        try Data((whole + "{}\n").utf8).write(to: URL(fileURLWithPath: path))
        let damaged = #expect(throws: PredictionLogError.self) {
            _ = try PredictionLog(path: path, heading: heading())
        }
        #expect(damaged?.problem.hasPrefix("line 3 ") == true)
        // As of a program that knew fewer options.
        try Data((whole.replacing(",\"shots\":1", with: "")).utf8).write(to: URL(fileURLWithPath: path))
        let older = #expect(throws: PredictionLogError.self) {
            _ = try PredictionLog(path: path, heading: heading())
        }
        #expect(older?.problem.contains("other options") == true)
    }
}
