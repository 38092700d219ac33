import Testing

import BenchmarkData

struct LongBenchMetricsTests {
    private func score(
        _ metric: Metric, _ output: String, _ answer: String, labels: [String] = [], task: String? = nil
    ) -> Double {
        metric.score(output: output, for: DocumentQuestion(question: "", answers: [answer], labels: labels), task: task)
    }

    @Test(arguments: [
        ("Other entity", "Other entity", 1.0),
        ("It is Food", "Food", 1.0),
        ("food", "Food", 0.0),
        ("Food or Date", "Food", 0.5),
        ("Date", "Food", 0.0),
        ("", "Food", 0.0),
        // "Other" is part of the right one's name and dropped, but is counted where it is not.
        ("Other entity", "Date", 0.0),
        ("Other entity, Date", "Date", 1.0 / 3),
        // Only the first line is read.
        ("\nFood\nType: Date", "Food", 1.0),
        ("Food\r\nType: Date", "Food", 1.0),
    ])
    func theRightClassIsSharedWithOthersThatAreNamed(_ output: String, _ answer: String, _ expected: Double) {
        let classes = ["Food", "Date", "Other", "Other entity"]
        #expect(score(.classification, output, answer, labels: classes, task: "trec") == expected)
    }

    @Test func theClassBehindADroppedOneIsNotDropped() {
        // Both "x" and "xy" are part of "xyz"; "xy" is stepped over and counts.
        #expect(score(.classification, "xyz", "xyz", labels: ["x", "xy", "xyz"]) == 0.5)
        #expect(score(.classification, "xyz", "xyz", labels: ["x", "xyz", "xy"]) == 1)
    }

    @Test(arguments: [
        ("7", 1.0), ("Seven, 7.", 1.0), ("7 or 8", 0.5), ("07", 0.0), ("77", 0.0), ("7.7", 1.0), ("", 0.0),
        ("none", 0.0),
        ("1 2 7", 1.0 / 3),
    ])
    func theShareOfRightNumbersCounts(_ output: String, _ expected: Double) {
        #expect(score(.count, output, "7") == expected)
        #expect(score(.retrieval, "Paragraph " + output, "Paragraph 7") == expected)
        #expect(score(.retrieval, output, "段落7") == expected)
    }

    @Test func anAnswerWithoutAParagraphIsNeverFound() {
        #expect(score(.retrieval, "7", "7") == 0)
        #expect(score(.retrieval, "", "") == 0)
    }

    @Test func onlySomeDataSetsReadTheFirstLine() {
        #expect(score(.longBenchF1, "\n\nred box\nQuestion: blue", "red box", task: "triviaqa") == 1)
        // Two of four tokens: P = 1/2, R = 1.
        #expect(score(.longBenchF1, "\n\nred box\nquestion blue", "red box", task: "qasper") == 2.0 / 3)
        #expect(score(.rougeL, "red box\nnew blue", "red box", task: "samsum") == 1)
        #expect(score(.rougeL, "red box\nnew blue", "red box", task: "qmsum") == 2.0 / 3)
    }

    @Test(arguments: [
        ("a b c d", "a b c d", 1.0),
        // Common "a c": 2 of 3 and 2 of 4 words.
        ("a x c", "a b c d", 4.0 / 7),
        // Order matters within a sentence: "b a" and "a b" share one word.
        ("b a", "a b", 0.5),
        // Sentences are compared with each other: each is found.
        ("b. a", "a. b", 1.0),
        // The example of Lin (2004), 3.2: w1 w2 and w1 w3 w5 make 4 of 5 words; the output has 8.
        ("w1 w2 w6 w7 w8. w1 w3 w8 w9 w5", "w1 w2 w3 w4 w5", 8.0 / 13),
        // Different words are counted, letter case and punctuation matter.
        ("a a a a", "a", 1.0),
        ("A b", "a b", 0.5),
        ("a, b", "a b", 0.5),
        // The numbers' point ends a sentence: {3, 5} of {3, 5}.
        ("5.3", "3.5", 1.0),
        ("", "a", 0.0), ("a", "", 0.0), ("...", "...", 0.0), ("", "", 0.0),
        ("zoë  東京\n", "zoë\t東京", 1.0),
    ])
    func rougeLCountsDifferentWordsOfCommonSubsequences(_ output: String, _ answer: String, _ expected: Double) {
        #expect(abs(score(.rougeL, output, answer) - expected) < 1e-12)
    }

    @Test(arguments: [
        ("x = 1", "x = 1", 1.0),
        ("", "", 1.0),
        ("", "x", 0.0),
        ("x", "", 0.0),
        // "abd" of 3 and 4 characters: 6/7, in whole percent.
        ("abd", "abcd", 0.86),
        // 2/16 is 12.5 %, which is rounded to the even 12.
        ("abbbbbbb", "accccccc", 0.12),
        ("\n\n# a comment\n```swift\n// another\nx = 1\ny", "x = 1", 1.0),
        ("// only\n# comments", "x", 0.0),
        // Indentation counts: an empty line is a line.
        ("# c\n\nx", "x", 0.0),
        ("größe", "grösse", 0.73),
    ])
    func codeIsComparedByItsFirstLine(_ output: String, _ answer: String, _ expected: Double) {
        #expect(abs(score(.codeSimilarity, output, answer) - expected) < 1e-12)
    }
}
