import BenchmarkDataSupport
import Testing

@testable import BenchmarkData

struct BabiStoryTests {
    private let text = """
        1 Ann went to the attic.
        2 Bo took the 1 apple.
        3 Where is Ann? \tattic\t1
        4 Ann went to the yard.
        5 Where is Ann?\tyard\t4 1
        1 Cy has a key.
        2 What has Cy?\tkey,ring
        """

    private let rows = [
        QADocument(
            context: .text("Ann went to the attic.\nBo took the 1 apple."),
            questions: [
                DocumentQuestion(question: "Where is Ann?", answers: ["attic"], support: ["Ann went to the attic."])
            ]),
        QADocument(
            context: .text("Ann went to the attic.\nBo took the 1 apple.\nAnn went to the yard."),
            questions: [
                DocumentQuestion(
                    question: "Where is Ann?", answers: ["yard"],
                    support: ["Ann went to the yard.", "Ann went to the attic."])
            ]),
        QADocument(
            context: .text("Cy has a key."),
            questions: [DocumentQuestion(question: "What has Cy?", answers: ["key,ring"])]),
    ]

    @Test func eachQuestionIsARowWithTheStatementsBeforeIt() throws {
        for text in [text, text + "\n", text.replacing("\n", with: "\r\n"), "\u{feff}" + text, text + "\n3 Cy left.\n"]
        {
            let file = try TemporaryRows(text, name: "qa1_train.txt")
            #expect(try file.rows() == rows.map(Result.success))
            #expect(try file.rows(format: .babi) == rows.map(Result.success))
            #expect(try RowFile(path: file.path).format == .babi)
        }
    }

    @Test(arguments: [
        ("1 Ann left.\n2 Who?\tAnn\t3", 4, #"the question is supported by "3", which is no statement before it"#),
        ("1 Ann left.\n2 Who?\t ", 4, "a question or its answer is empty"),
        ("1 Who?\tAnn\t1", 3, "no statement stands before the question"),
        (
            "1 Ann left.\nBo came.\n2 Who?\tAnn", 4,
            #""Bo came." is no line of bAbI: begin it with its number and a space"#
        ),
    ]) func faultsAreNamed(text: String, line: Int, reason: String) throws {
        let file = try TemporaryRows("1 Ann left.\n2 Who?\tAnn\t1\n" + text, name: "qa.txt")
        let rows = try file.rows()
        #expect((try? rows[0].get()) != nil)
        #expect(rows[1] == .failure(RowFailure(message: "qa.txt:\(line): \(reason)")))
    }

    @Test func textWithoutQuestionsHoldsNoRows() throws {
        #expect(try TemporaryRows("1 Ann left.\n", name: "qa.txt").openingFailure() == "qa.txt: holds no questions")
    }
}
