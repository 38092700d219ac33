import Testing

import BenchmarkData

/// Worked out by hand from the published rule.
struct BabilongRuleTests {
    private func score(
        _ output: String, _ target: String, question: String = "Where is Mary?", labels: [String] = [],
        task: String? = "qa1"
    ) -> Double {
        Metric.babilong.score(
            output: output, for: DocumentQuestion(question: question, answers: [target], labels: labels), task: task)
    }

    @Test(arguments: [
        ("Mary is in the KITCHEN.", 1.0),
        ("kitchen", 1.0),
        ("", 0.0),
        ("Mary is in the garden.", 0.0),
        // Two labels; one that is repeated; one of them in the second sentence.
        ("Either the kitchen or the garden", 0.0),
        ("kitchen kitchen", 1.0),
        ("The kitchen. Not the garden.", 1.0),
        ("I know. The kitchen.", 0.0),
        // A new line or another mark does not end the sentence.
        ("kitchen\ngarden", 0.0),
        ("kitchen! garden", 0.0),
        // Within words.
        ("kitchenette", 1.0),
        ("the officer is in the kitchen", 0.0),
        ("kitchen <example> garden </example>", 1.0),
        ("kitchen<CONTEXT>garden", 1.0),
        ("<context> kitchen", 0.0),
    ])
    func theFirstSentenceNamesTheTargetAndNoOtherLabel(_ output: String, _ expected: Double) {
        #expect(score(output, "kitchen") == expected)
    }

    @Test func labelsThatTheQuestionNamesDoNotCount() {
        let question = "Where was the apple before the Garden?"
        #expect(score("Before the garden it was in the kitchen.", "kitchen", question: question, task: "qa3") == 1)
        #expect(score("garden", "garden", question: question, task: "qa3") == 0)
        #expect(score("Bill gave it to Fred", "Fred", question: "Who did Bill give the milk to?", task: "qa5") == 1)
    }

    @Test func labelsComeFromTheRowElseFromTheTaskElseFromAllTasksWithTheTarget() {
        #expect(score("attic", "attic", labels: ["Attic", "kitchen"]) == 1)
        #expect(score("attic, not kitchen", "attic", labels: ["Attic", "kitchen"]) == 0)
        // The row's labels alone count.
        #expect(score("attic, not garden", "attic", labels: ["Attic", "kitchen"]) == 1)
        #expect(score("maybe yes", "yes", task: "qa6") == 1)
        #expect(score("maybe yes", "yes", task: "qa10_indefinite-knowledge") == 0)
        #expect(score("maybe yes", "yes", task: nil) == 0)
        #expect(score("kitchen, garden", "kitchen", task: nil) == 0)
        #expect(score("in the attic of Mary", "attic", task: nil) == 1)
        // "no" stands in "know", and "one" in "none", so that no output is right where "none" is the target.
        #expect(score("I know: yes", "yes", task: "qa6") == 0)
        #expect(score("none", "none", task: "qa7") == 0)
    }
}
