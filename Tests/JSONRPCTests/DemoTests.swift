import Foundation
import Testing

@testable import JSONRPC

@Suite struct DemoRowTests {
    private func row(_ answer: String, _ expected: String) -> DemoRow {
        DemoRow(question: "Who?", answer: answer, expected: expected, seconds: 0.25, isCached: false)
    }

    @Test(arguments: [
        ("Oslo", "Oslo", true), (" oslo.\n", "Oslo", true), ("OSLO", "oslo.", true), ("Oslo .", "Oslo", true),
        ("Oslo..", "Oslo", false), ("Oslo!", "Oslo", false), ("", "Oslo", false), ("Os lo", "Oslo", false),
    ])
    func comparison(answer: String, expected: String, isRight: Bool) {
        #expect(row(answer, expected).isRight == isRight)
    }

    @Test func table() {
        let rows = [row("Zoe\nor Ann", "Zoe"), row("", "Bartholomew"), row("oslo.", "Oslo")]
        let expected = """
            question  answer      expected     seconds  cached
            Who?      Zoe or Ann  Zoe          0.250    no      ← wrong
            Who?                  Bartholomew  0.250    no      ← wrong
            Who?      oslo.       Oslo         0.250    no
            """
        #expect(DemoRow.table(rows) == expected)
    }
}

@Suite final class DemoExampleTests {
    private let folder = URL.temporaryDirectory.appending(path: UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    private func examples() throws -> [DemoExample] {
        try DemoExample.all(in: folder.path, byteLimit: 1_000)
    }

    @Test func documentsWithQuestionsAreFoundInOrder() throws {
        try write("b.txt", "B.")
        try write("b.questions.jsonl", #"{"question":"q","answer":"a"}"# + "\r\n\n" + #"{"answer":"c","question":"d"}"#)
        try write("a.txt", "A.")
        try write("a.questions.jsonl", "")
        try write("alone.txt", "C.")
        #expect(
            try examples() == [
                DemoExample(name: "a", text: "A.", questions: []),
                DemoExample(
                    name: "b", text: "B.",
                    questions: [.init(question: "q", answer: "a"), .init(question: "d", answer: "c")]),
            ])
    }

    @Test func faultsAreNamed() throws {
        #expect(throws: DemoExampleError.noQuestions(folder.path)) { try self.examples() }
        #expect(throws: DemoExampleError.noDirectory("/no/such")) {
            try DemoExample.all(in: "/no/such", byteLimit: 1_000)
        }
        try write("a.txt", "A.")
        try write("a.questions.jsonl", #"{"question":"q","answer":"a"}"# + "\n\n" + #"{"question":"q"}"#)
        #expect(throws: DemoExampleError.malformedLine(file: "a.questions.jsonl", line: 3)) { try self.examples() }
    }
}
