extension Metric {
    /// The first sentence names the right label and no other (BABILong).
    public static let babilong = Metric("babilong") { BabilongRule.score($0, for: $1, task: $2) }
    /// The share of the answers that stand in the output (RULER).
    public static let stringMatchAll = Metric("string-match-all") { output, question, _ in
        StringMatch.share(of: question.answers, in: output)
    }
    /// One of the answers stands in the output (RULER's question answering).
    public static let stringMatchPart = Metric("string-match-part") { output, question, _ in
        best(of: question.answers) { StringMatch.share(of: [$0], in: output) }
    }
}

/// RULER's rule (Hsieh et al. 2024, `string_match_all` and `string_match_part`): an answer is right where it stands in
/// the output, letter case aside, within a longer word too.
enum StringMatch {
    /// The share of the answers that stand in the output. An empty answer stands in an empty output only.
    static func share(of answers: [String], in output: String) -> Double {
        guard !answers.isEmpty else { return 0 }
        let output = output.lowercased()
        let found = answers.count { $0.isEmpty ? output.isEmpty : output.contains($0.lowercased()) }
        return Double(found) / Double(answers.count)
    }
}

/// BABILong's rule (Kuratov et al. 2024; `metrics.py` of the benchmark's repository, booydar/babilong): the output's
/// first sentence, in lower case, names exactly one of the task's labels, and that is the target.
///
/// Labels that the question names do not count: they are never the target. A label is named wherever its letters stand,
/// within a longer word too. Worked examples that a model goes on with, after `<context>` or `<example>`, are no part of
/// the sentence.
enum BabilongRule {
    private static let places: Set = ["bathroom", "bedroom", "garden", "hallway", "kitchen", "office"]

    /// The tasks that the rule is published for: qa8 has lists for answers, and from qa11 on no labels are given.
    private static let labels: [String: Set<String>] = [
        "qa1": places, "qa2": places, "qa3": places, "qa4": places,
        "qa5": ["bill", "fred", "jeff", "mary", "apple", "football", "milk"],
        "qa6": ["no", "yes"], "qa7": ["two", "one", "none"], "qa9": ["no", "yes"], "qa10": ["maybe", "no", "yes"],
    ]

    /// Whether the rule is published for the task. True for rows that do not name theirs.
    static func hasLabels(task: String?) -> Bool {
        task.map { labels[number($0)] != nil } ?? true
    }

    static func score(_ output: String, for question: DocumentQuestion, task: String?) -> Double {
        let sentence = firstSentence(of: output)
        let asked = question.question.lowercased()
        return Metric.best(of: question.answers) { answer in
            let target = answer.lowercased()
            let named = labels(of: question, target: target, task: task)
                .filter { sentence.contains($0) && !asked.contains($0) }
            return named == [target] ? 1 : 0
        }
    }

    /// The row's own labels, else the task's, else those of all tasks that can have the target for an answer.
    private static func labels(of question: DocumentQuestion, target: String, task: String?) -> Set<String> {
        if !question.labels.isEmpty { return Set(question.labels.map { $0.lowercased() }) }
        if let task, let labels = labels[number(task)] { return labels }
        return labels.values.filter { $0.contains(target) }.reduce([target]) { $0.union($1) }
    }

    private static func firstSentence(of output: String) -> Substring {
        ["<context>", "<example>"].reduce(output.lowercased().prefix { $0 != "." }) { sentence, mark in
            sentence.firstRange(of: mark).map { sentence[..<$0.lowerBound] } ?? sentence
        }
    }

    /// "qa1" of "qa1" and of bAbI's own name, "qa1_single-supporting-fact".
    private static func number(_ task: String) -> String { String(task.prefix { $0 != "_" }) }
}
