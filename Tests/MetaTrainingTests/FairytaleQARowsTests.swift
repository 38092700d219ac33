import BenchmarkData
import Foundation
import MetaTrainingSupport
import Testing

@testable import MetaTraining

/// The converter of FairytaleQA, on a made-up story in its form; its script needs Python.
@Suite struct FairytaleQARowsTests {
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3", "/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let folder: TemporaryFolder
    private let root = TinyTraining.fixtures.deletingLastPathComponent()

    init() throws { folder = try TemporaryFolder() }

    /// The status of the script, and what it said on standard error.
    private func convert(_ source: String, _ more: String...) throws -> (status: Int32, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.python))
        let script = root.appendingPathComponent("Recipes/fairytaleqa.py").path
        process.arguments = [script, source, folder.path("rows")] + more
        let errors = Pipe()
        (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    @Test(.enabled(if: python != nil, "there is no Python"))
    func storiesBecomeRows() throws {
        #expect(try convert(TinyTraining.fixtures.appendingPathComponent("fairytaleqa-sample").path).status == 0)
        let sections = try RowFile(path: folder.path("rows/train.jsonl"))
        // The section that nobody asks about is left out, and short ones that follow each other are read as one.
        #expect(sections.count == 1 && sections.format == .squad)
        let first = try sections.row(at: 0)
        #expect(first.text == "\"I am cold,\" said the lamp. It stood by the door.\nRain fell all night.")
        #expect(first.questions.map(\.question) == ["How did the lamp feel?", "Where did \"it\" stand?", "What fell?"])
        #expect(first.questions.map(\.answers).prefix(2) == [["cold", "Cold"], ["by the door", "at the door"]])
        let stories = try RowFile(path: folder.path("rows/train_stories.jsonl"))
        #expect(stories.count == 1)
        #expect(try stories.row(at: 0).questions.count == 4)
        #expect(try stories.row(at: 0).text.hasSuffix("door.\nRain fell all night.\nNobody asks about this one."))
        let validation = try RowFile(path: folder.path("rows/validation.jsonl")).row(at: 0)
        #expect(validation.questions.map(\.answers) == [["on Monday"]])
    }

    @Test(.enabled(if: python != nil, "there is no Python"))
    func storiesAreSetAsideForChoices() throws {
        let source = folder.url.appendingPathComponent("source/data-by-train-split")
        let sample = TinyTraining.fixtures.appendingPathComponent("fairytaleqa-sample/data-by-train-split")
        try FileManager.default.createDirectory(
            at: source.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: sample, to: source)
        for part in ["questions/train/the-lamp-questions", "section-stories/train/the-lamp-story"] {
            for name in ["a-tree", "the-sea"] {
                try FileManager.default.copyItem(
                    at: source.appendingPathComponent("\(part).csv"),
                    to: source.appendingPathComponent("\(part.replacing("the-lamp", with: name)).csv"))
            }
        }
        #expect(try convert(folder.path("source"), "1").status == 0)
        func identifiers(_ name: String) throws -> [String] {
            try String(contentsOfFile: folder.path("rows/\(name).jsonl"), encoding: .utf8)
                .matches(of: /"story": "([^"]*)"/).map { String($0.1) }
        }
        #expect(try identifiers("development_stories") == ["a-tree"])
        #expect(try identifiers("train_stories") == ["the-lamp", "the-sea"])
        #expect(
            try identifiers("development") == ["a-tree", "a-tree"] && identifiers("train") == ["the-lamp", "the-sea"])
    }

    @Test(.enabled(if: python != nil, "there is no Python"))
    func anotherFolderIsNamed() throws {
        let (status, errors) = try convert(folder.path("nowhere"))
        #expect(status == 1 && errors.contains("there is no folder \(folder.path("nowhere"))"))
    }
}
