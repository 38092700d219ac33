import Testing

import BenchmarkData

struct AnswerMetricsTests {
    /// Worked out by hand from SQuAD's rule.
    @Test(arguments: [
        ("Oslo", "oslo"),
        ("  The   Eiffel\tTower.\n", "eiffel tower"),
        ("a cat, an owl and the dog", "cat owl and dog"),
        ("the a an", ""),
        ("", ""),
        ("...!?", ""),
        ("well-known", "wellknown"),
        ("don't", "dont"),
        ("$1,000.50", "100050"),
        ("theater another van", "theater another van"),
        ("a.b", "ab"),
        ("A.", ""),
        ("a.n", ""),
        ("THE END", "end"),
        ("Zoë  MÜLLER", "zoë müller"),
        ("à la carte", "à la carte"),
        ("thé", "thé"),
        ("the\u{00A0}end", "end"),
        ("“the end”", "“ end”"),
        ("l’a", "l’"),
        ("東京 the 大阪", "東京 大阪"),
        ("a_b", "ab"),
        ("cake 🍰!", "cake 🍰"),
    ])
    func normalizationFollowsSQuAD(_ text: String, _ expected: String) {
        #expect(AnswerMetrics.normalized(text) == expected)
    }

    @Test(arguments: [
        ("Paris.", "paris", true),
        ("the dog", "a dog", true),
        ("dog house", "doghouse", false),
        ("", "", true),
        ("the", "", true),
        ("", "dog", false),
        ("caf\u{00E9}", "cafe\u{0301}", true),
        ("cafe", "café", false),
    ])
    func exactMatchComparesNormalizedTexts(_ prediction: String, _ answer: String, _ expected: Bool) {
        #expect(AnswerMetrics.exactMatch(prediction, answer) == expected)
    }

    @Test(arguments: [
        ("red box", "red box", 1.0),
        // One of three predicted tokens, the only expected one: P = 1/3, R = 1, F1 = 1/2.
        ("small red box", "box", 0.5),
        // Two of three and two of four: P = 2/3, R = 1/2, F1 = 4/7.
        ("x y z", "w x y v", 4.0 / 7),
        // "dog" stands twice in the prediction but once in the answer: P = 1/2, R = 1, F1 = 2/3.
        ("dog dog", "dog", 2.0 / 3),
        ("dog dog", "dog dog cat", 0.8),
        ("box red", "red box", 1.0),
        ("blue", "red", 0.0),
        ("the", "an", 1.0),
        ("", "", 1.0),
        ("", "red", 0.0),
        ("red", "the", 0.0),
        ("Red-box", "red box", 0.0),
    ])
    func f1CountsCommonTokens(_ prediction: String, _ answer: String, _ expected: Double) {
        #expect(abs(AnswerMetrics.f1(prediction, answer) - expected) < 1e-12)
    }

    @Test(arguments: [
        ("yes", "Yes.", 1.0),
        // Without the rule one of three tokens would be shared.
        ("yes, a red box", "yes", 0.0),
        ("no", "no man", 0.0),
        ("noanswer", "no answer", 0.0),
        ("red box", "box", 2.0 / 3),
        ("the", "a", 0.0),
        ("", "", 0.0),
    ])
    func verdictsAreRightAsAWholeInHotpotQA(_ prediction: String, _ answer: String, _ expected: Double) {
        #expect(abs(AnswerMetrics.hotpotQAF1(prediction, answer) - expected) < 1e-12)
    }
}
