import Testing

import BenchmarkData

struct MultipleChoiceTests {
    private let question = DocumentQuestion(
        question: "Who won?", answers: ["B", "Bo Ek"], labels: ["A", "B", "C", "D"],
        choices: ["Ann", "Bo Ek", "Cy, the third", "None"])

    @Test(arguments: [
        ("The correct answer is (B)", 1.0),
        ("The correct answer is B.", 1.0),
        ("I think:\n**The correct answer is (B)**, Bo.", 1.0),
        ("The correct answer is **(B)**", 1.0),
        ("The correct answer is (C)", 0.0),
        // The first counts, but one in brackets before all others.
        ("The correct answer is (B). The correct answer is (C)", 1.0),
        ("The correct answer is C, no: The correct answer is (B)", 1.0),
        // A letter is read off a word's beginning.
        ("The correct answer is Bo Ek", 1.0),
        ("the correct answer is (B)", 0.0),
        ("The correct answer is  (B)", 0.0),
        ("The correct answer is (b)", 0.0),
        ("The correct answer is (E) B", 0.0),
        ("B", 0.0),
        ("", 0.0),
    ])
    func aChoiceIsStated(_ output: String, _ expected: Double) {
        #expect(Metric.statedChoice.score(output: output, for: question) == expected)
    }

    @Test(arguments: [
        ("B", 1.0), (" (B) \n", 1.0), ("B) Bo Ek", 1.0), ("B. Whatever", 1.0), ("B\nC", 1.0), ("B: Bo", 1.0),
        ("(B", 1.0), ("b", 0.0), ("C", 0.0), ("", 0.0), ("Bob", 0.0), ("B Ek", 0.0), ("(C) because B", 0.0),
        // The text of a choice comes first.
        ("Bo Ek!", 1.0), ("bo  ek", 1.0), ("Ann", 0.0), ("Cy the third", 0.0),
        ("The correct answer is (B)", 1.0), ("The correct answer is (A)", 0.0),
    ])
    func aChoiceIsNamedByLetterOrText(_ output: String, _ expected: Double) {
        #expect(Metric.letter.score(output: output, for: question) == expected)
    }

    @Test func questionsWithoutChoicesHaveNoLetter() {
        let question = DocumentQuestion(question: "", answers: ["B"])
        #expect(Metric.letter.score(output: "B", for: question) == 0)
        #expect(Metric.statedChoice.score(output: "The correct answer is (B)", for: question) == 0)
    }
}
