import BenchmarkDataSupport
import Foundation
import Testing

@testable import BenchmarkData

@Suite struct FileSourceTests {
    private static func row(_ context: String, _ question: String, _ more: String = "") -> String {
        #"{"context": "\#(context)", "question": "\#(question)", "answer": "x"\#(more)}"# + "\n"
    }

    /// Three texts of two questions each, apart from each other in the file.
    private static let three =
        ["Who?", "Where?"].map { question in ["A.", "B.", "C."].map { row($0, question) }.joined() }.joined()

    @Test func rowsAboutOneTextAreOneDocument() throws {
        let file = try TemporaryRows(Self.three)
        let source = try FileSource(path: file.path)
        #expect(source.file.count == 6 && source.documentCount == 3 && source.count == 3)
        let documents = try source.documents().prefix(9)
        #expect(documents.map(\.text) == ["A.", "B.", "C."])
        #expect(documents.allSatisfy { $0.questions.map(\.question) == ["Who?", "Where?"] })
        #expect(documents.allSatisfy { $0.metric == .exactMatch })
        #expect(try source.documents(from: 2).prefix(9).map(\.text) == ["C."])
    }

    @Test func rowsOfAnotherDataSetAreAnotherDocument() throws {
        let file = try TemporaryRows(
            Self.row("A.", "Who?", #", "task": "one""#) + Self.row("A.", "Who?", #", "task": "two""#)
                + Self.row("A.", "Where?", #", "task": "one""#))
        #expect(try FileSource(path: file.path).documents().prefix(9).map(\.questions.count) == [2, 1])
    }

    /// In its segments: the same words in other segments are learned in another way.
    @Test func segmentsTellTextsApart() throws {
        let rows = [#"["A.", "B."]"#, #"["A.\nB."]"#, #"["A.", "B."]"#].map {
            #"{"context": \#($0), "question": "Who?", "answer": "x"}"# + "\n"
        }
        let file = try TemporaryRows(rows.joined())
        #expect(try FileSource(path: file.path).documents().prefix(9).map(\.questions.count) == [2, 1])
    }

    @Test func otherDocumentsShareNoTextWithTheFirstOnes() throws {
        let file = try TemporaryRows(Self.three + Self.row("D.", "Who?") + "{\"context\": 7}\n")
        let source = try FileSource(path: file.path)
        #expect(source.documentCount == 5)
        let others = try source.otherDocuments(than: 2, seed: 1).prefix(9)
        #expect(Set(others.map(\.text)) == ["C.", "D."] && others.count == 2)
        #expect(try source.otherDocuments(than: 5, seed: 1).prefix(9).isEmpty)
    }

    @Test func aRowThatCannotBeReadIsNamedWhereItStands() throws {
        let file = try TemporaryRows(Self.row("A.", "Who?") + "{\"context\": 7}\n" + Self.row("A.", "Where?"))
        var documents = try FileSource(path: file.path).documents()
        #expect(try documents.next()?.questions.count == 2)
        let error = #expect(throws: RowError.self) { try documents.next() }
        #expect(error?.line == 2)
        #expect(try documents.next() == nil)
    }

    @Test func badRowsAreLeftOutWhereThatIsAskedFor() throws {
        let file = try TemporaryRows(
            Self.row("A.", "Who?") + "{\"context\": 7}\n" + Self.row("B.", "Who?") + "no JSON\n"
                + Self.row("A.", "Where?"))
        let source = try FileSource(path: file.path, badRows: .skip)
        #expect(source.leftOut.map(\.line) == [2, 4] && source.documentCount == 2)
        #expect(try source.documents().prefix(9).map(\.questions.count) == [2, 1])
        // Predictions of the one are none of the other.
        #expect(try FileSource(path: file.path).identity != source.identity)
        #expect(try FileSource(path: file.path).leftOut.isEmpty)
        let hopeless = try TemporaryRows(#"{"context": "", "question": "q", "answer": "a"}"# + "\n")
        let error = #expect(throws: RowError.self) { try FileSource(path: hopeless.path, badRows: .skip) }
        #expect(error?.reason == "none of the 1 rows can be used")
    }

    /// LongBench's Chinese data sets are scored by words that only its own program finds.
    @Test func rowsThatCannotBeScoredAreBadToo() throws {
        func row(_ dataSet: String) -> String {
            #"{"input": "q", "context": "c", "answers": ["a"], "dataset": "\#(dataSet)"}"# + "\n"
        }
        let file = try TemporaryRows(row("dureader") + row("qasper"))
        let source = try FileSource(path: file.path, badRows: .skip)
        #expect(source.leftOut.map(\.line) == [1] && source.leftOut[0].reason.hasPrefix("dureader: "))
        #expect(try source.documents().prefix(9).map(\.fields.task) == ["qasper"])
        #expect(try FileSource(path: file.path).documentCount == 2)
    }

    @Test func aFileIsKnownByItsPathAndItsBytes() throws {
        let (one, other) = (try TemporaryRows(Self.three), try TemporaryRows(Self.three))
        let source = try FileSource(path: one.path)
        #expect(source.label.name == "train.jsonl")
        #expect(try FileSource(path: one.path).identity == source.identity)
        #expect(try FileSource(path: other.path).identity != source.identity)
        #expect(try FileSource(path: other.path).digest == source.digest && source.digest.count == 64)
        try Data((Self.three + Self.row("D.", "Who?")).utf8).write(to: URL(fileURLWithPath: one.path))
        #expect(try FileSource(path: one.path).identity != source.identity)
    }

    @Test func filesOfOneNameAreCalledByTheirFoldersToo() {
        #expect(
            SourceLabel.names(ofFiles: ["r/niah/validation.jsonl", "r/qa_1/validation.jsonl", "test.jsonl"])
                == ["niah/validation.jsonl", "qa_1/validation.jsonl", "test.jsonl"])
        #expect(SourceLabel.names(ofFiles: ["a/x/y.json", "b/x/y.json"]) == ["a/x/y.json", "b/x/y.json"])
        #expect(SourceLabel.names(ofFiles: ["a/y.json", "a/y.json"]) == ["y.json", "y.json"])
    }
}
