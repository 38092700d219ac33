import BenchmarkDataSupport
import Foundation
import Testing

@testable import BenchmarkData

struct RowFileTests {
    private static func json(_ answer: String) -> String { #"{"context":"c","question":"q","answer":"\#(answer)"}"# }

    private static func row(_ answer: String) -> Result<QADocument, RowFailure> {
        .success(QADocument(context: .text("c"), questions: [DocumentQuestion(question: "q", answers: [answer])]))
    }

    private static func failure(_ message: String) -> Result<QADocument, RowFailure> {
        .failure(RowFailure(message: message))
    }

    private let rows = ["a", "b", "c"].map(RowFileTests.row)
    private let lines = ["a", "b", "c"].map(RowFileTests.json)

    @Test func linesOfAnyEnding() throws {
        let plain = lines.joined(separator: "\n")
        let loose = lines.joined(separator: "\n\t\r\n\n")
        for text in [
            plain, plain + "\n", plain.replacing("\n", with: "\r\n"), "\u{feff}" + plain, "\n \n\(loose)\n \n",
        ] {
            #expect(try TemporaryRows(text).rows() == rows)
            #expect(try TemporaryRows(text, name: "rows.json").rows() == rows)
        }
    }

    @Test func rowsAreReadInAnyOrderAndFromManyThreads() async throws {
        let count = 2_000
        let file = try TemporaryRows((0..<count).map { Self.json("\($0)") }.joined(separator: "\n"))
        let opened = try RowFile(path: file.path)
        let order = RowOrder(count: count, seed: 1)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    try stride(from: thread, to: count, by: 4).allSatisfy { draw in
                        let index = order.index(ofDraw: draw)
                        return try opened.row(at: index).questions[0].target == "\(index)"
                    }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func listsOfRows() throws {
        let loose = lines.joined(separator: "\r\n,\r\n")
        for text in ["[\(lines.joined(separator: ","))]", "[\n\(loose)\n]\n", "\u{feff}\r\n [ \(loose) ]"] {
            #expect(try TemporaryRows(text, name: "rows.json").rows() == rows)
        }
        let brackets = #"[{"context":"]},{[","question":"\\\"]","answer":"[\"{"}]"#
        #expect(try TemporaryRows(brackets, name: "rows.json").rows().count == 1)
    }

    @Test func rowsOverManyLines() throws {
        let pretty = lines.map { line in
            line.replacing(",", with: ",\n    ").replacing("{", with: "{\n    ").replacing("}", with: "\n}")
        }
        #expect(try TemporaryRows(pretty[0], name: "rows.json").rows() == [rows[0]])
        for separator in ["\n", "", "\r\n\r\n"] {
            let text = pretty.joined(separator: separator)
            #expect(try TemporaryRows(text, name: "rows.json").rows() == rows)
            #expect(try TemporaryRows("\u{feff}" + text, name: "rows").rows() == rows)
        }
        let list = "[\n" + pretty.joined(separator: ",\n") + "\n]\n"
        #expect(try TemporaryRows(list, name: "rows.json").rows() == rows)
    }

    @Test func paragraphsOfSQuADAreRows() throws {
        func paragraph(_ id: String) -> String {
            #"{"qas": [{"answers": [{"answer_start": 1, "text": "\#(id)"}], "question": "q", "id": "\#(id)"}], "#
                + #""context": "c,[{"}"#
        }
        let text = """
            {"version": "1.1", "data": [{"title": "T", "paragraphs": [\(paragraph("a")), \(paragraph("b"))]},
              {"paragraphs": [], "title": "U"}, {"title": "V", "paragraphs": [\(paragraph("c"))]}],
              "notes": {"a": [[1, 2]]}}
            """
        for text in [text, text.replacing("\n", with: " "), text.replacing(", ", with: " ,\r\n")] {
            let file = try TemporaryRows(text, name: "dev.json")
            let rows = try file.rows()
            #expect(try RowFile(path: file.path).format == .squad)
            #expect(try rows.map { try $0.get().fields.identifier } == ["a", "b", "c"])
            #expect(try file.rows(format: .squad) == rows)
        }
    }

    @Test func badLinesDoNotSpoilOthers() throws {
        let text = """
            \(lines[0])
            {"context":"c","question":"q"}
            {"context":"c","question":"q","answer":"b

            {"context":"c","question":"q",}
            \(lines[1]) \(lines[1])
            null
            ]
            \(lines[2])
            """
        let expected = [
            rows[0],
            Self.failure(#"train.jsonl:2: answer is missing: give "answer" or "answers""#),
            Self.failure("train.jsonl:3: the row is cut off: expected a closing quotation mark"),
            Self.failure("train.jsonl:5: is not JSON: expected a name in quotation marks, at byte 31 of the row"),
            Self.failure("train.jsonl:6: is not JSON: expected the end of the text, at byte 45 of the row"),
            Self.failure("train.jsonl:7: the row is null; give an object"),
            Self.failure("train.jsonl:8: is not JSON: expected a value, at byte 1 of the row"),
            rows[2],
        ]
        #expect(try TemporaryRows(text).rows() == expected)
        #expect(try TemporaryRows(text.replacing("\n", with: "\r\n")).rows() == expected)
    }

    @Test func aBrokenFirstRowDoesNotHideTheFormat() throws {
        for broken in ["{\"context\": \"c\", ", "}", "{\"context\": \"c"] {
            #expect(try TemporaryRows(broken + "\n" + lines[1]).rows().last == rows[1])
        }
    }

    @Test func aFaultIsOnItsOwnLineOfARowOfMany() throws {
        let text = "[\n" + lines[0] + ",\n{\n\"context\": \"c\",\n\"question\": oops\n},\n" + lines[2] + "\n]"
        let message = "rows.json:5: is not JSON: expected a value, at byte 31 of the row"
        #expect(try TemporaryRows(text, name: "rows.json").rows() == [rows[0], Self.failure(message), rows[2]])
    }

    @Test func filesThatEndTooSoon() throws {
        let object = "{\n\"context\": \"c\",\n\"question\": \"q\""
        #expect(
            try TemporaryRows(lines[0].replacing(",", with: ",\n") + "\n" + object, name: "rows.json").rows()
                == [rows[0], Self.failure("rows.json:4: the row is cut off: expected a comma or a closing brace")])
        for text in ["[", "[" + lines[0] + ",\n", "[\n" + lines[0] + ",\n" + lines[1].dropLast(3)] {
            let failure = try TemporaryRows(text, name: "rows.json").openingFailure()
            #expect(
                failure?.hasSuffix(
                    "the file ends before its list of rows does; it was cut off, or a bracket is missing") == true)
        }
        #expect(
            try TemporaryRows("[\(lines[0])]\n]", name: "rows.json").openingFailure()
                == "rows.json:2: text after the end of the list of rows")
    }

    @Test func aForgottenCommaLosesNoRowSilently() throws {
        let rows = try TemporaryRows("[\(lines[0]) \(lines[1]), \(lines[2])]", name: "rows.json").rows()
        #expect(
            rows == [
                Self.failure("rows.json:1: is not JSON: expected the end of the text, at byte 45 of the row"),
                self.rows[2],
            ])
        let elements = try TemporaryRows("[\(lines[0]), 7, \"x\",\(lines[2])]", name: "rows.json").rows()
        #expect(elements.count == 4)
        #expect(elements[1] == Self.failure("rows.json:1: the row is a number; give an object"))
    }

    @Test func filesWithoutRows() throws {
        for text in ["", "\n \r\n", "\u{feff}", "[]", "[ \n ]"] {
            #expect(try TemporaryRows(text).openingFailure() == "train.jsonl: holds no rows")
        }
        #expect(
            try TemporaryRows("PAR1\u{15}", name: "train.parquet").openingFailure()
                == #"train.parquet:1: begins with "PAR1\u{15}"; rows are JSON or bAbI's text, "#
                + "so unpack or convert the file"
        )
        #expect(
            try TemporaryRows([0xFF, 0xFE, 0x7B, 0]).openingFailure() == "train.jsonl:1: is UTF-16; convert it to UTF-8"
        )
        #expect(throws: RowError.self) { try RowFile(path: URL.temporaryDirectory.path) }
        let missing = #expect(throws: RowError.self) { try RowFile(path: "/no/such/file.jsonl") }
        #expect(missing?.description == "/no/such/file.jsonl: cannot be opened: No such file or directory")
    }

    @Test func bytesThatAreNotUTF8AreAFaultOfTheirRow() throws {
        let broken = Array(#"{"context":"c","question":"q","answer":""#.utf8) + [0xC3] + Array("\"}\n".utf8)
        let file = try TemporaryRows(Array(lines[0].utf8) + [0x0A] + broken + Array(lines[2].utf8))
        #expect(
            try file.rows() == [
                rows[0],
                Self.failure(
                    "train.jsonl:2: is not JSON: invalid UTF-8 in the string that ends here, at byte 43 of the row"),
                rows[2],
            ])
    }

    /// Rows begin and end across the chunks in which the file is passed over.
    @Test func longLines() throws {
        let long = String(repeating: "word ", count: 130_000)
        let text = [lines[0], lines[1].replacing("\"c\"", with: "\"\(long)\""), lines[2]]
        for (joined, name) in [
            (text.joined(separator: "\n"), "rows.jsonl"), ("[" + text.joined(separator: ",") + "]", "rows.json"),
            (text.map { $0.replacing(",", with: ",\n") }.joined(separator: "\n"), "rows.json"),
        ] {
            let rows = try TemporaryRows(joined, name: name).rows()
            #expect(rows.count == 3)
            #expect(rows.last == self.rows[2])
            #expect(try rows[1].get().text == long)
        }
    }

    @Test func aFileThatBecomesShorterGivesAnError() throws {
        let file = try TemporaryRows(lines.joined(separator: "\n"))
        let opened = try RowFile(path: file.path)
        #expect(truncate(file.path, off_t(lines[0].utf8.count + 4)) == 0)
        #expect(try opened.row(at: 0) == rows[0].get())
        let error = #expect(throws: RowError.self) { try opened.row(at: 2) }
        #expect(error?.reason == "cannot be read: became shorter after it was opened")
    }

    @Test func aGivenFormatIsKept() throws {
        let row = #"{"context":"c","question":"q","answer":"a","support":["s"]}"#
        let file = try TemporaryRows(row)
        #expect(try RowFile(path: file.path).format == .perkBabilong)
        #expect(try RowFile(path: file.path, format: .plain).format == .plain)
        #expect(
            try file.rows(format: .ruler) == [Self.failure(#"train.jsonl:1: input is missing: give "input""#)])
    }
}
