extension Metric {
    /// The normalized texts are the same (SQuAD).
    public static let exactMatch = accepted("exact-match") { AnswerMetrics.exactMatch($0, $1) ? 1 : 0 }
    /// The overlap of the normalized texts' words (SQuAD).
    public static let f1 = accepted("f1", hasExactMatchBeside: true, AnswerMetrics.f1)
    /// The same, but "yes", "no" and "noanswer" overlap with nothing but themselves (HotpotQA).
    public static let hotpotQAF1 = accepted("hotpotqa-f1", hasExactMatchBeside: true, AnswerMetrics.hotpotQAF1)

    private static func accepted(
        _ name: String, hasExactMatchBeside: Bool = false,
        _ score: @escaping @Sendable (_ output: String, _ answer: String) -> Double
    ) -> Metric {
        Metric(name, comparesWholes: true, hasExactMatchBeside: hasExactMatchBeside) { output, question, _ in
            best(of: question.accepted) { score(output, $0) }
        }
    }
}

extension DocumentQuestion {
    /// The answers of which one is enough, by the rule of SQuAD 2.0: those without words after normalization count
    /// only where there are no others, and as the empty answer then.
    fileprivate var accepted: [String] {
        guard !needsEveryAnswer else { return [target] }
        let worded = answers.filter { !AnswerMetrics.normalized($0).isEmpty }
        return worded.isEmpty ? [""] : worded
    }
}

/// The measures of extractive question answering, by SQuAD's rule (Rajpurkar et al. 2016; for answers that come out
/// empty, the evaluation script of SQuAD 2.0).
///
/// Text is compared after normalization, and Unicode's canonically equivalent spellings of a character are equal.
public enum AnswerMetrics {
    /// Whether the normalized texts are the same.
    public static func exactMatch(_ prediction: String, _ answer: String) -> Bool {
        normalized(prediction) == normalized(answer)
    }

    /// The harmonic mean of precision and recall over the tokens of the normalized texts, from 0 to 1.
    ///
    /// A token that stands twice in both counts twice. Where a text has no tokens the score is 1 if neither has, else 0.
    public static func f1(_ prediction: String, _ answer: String) -> Double {
        let (predicted, expected) = (tokens(prediction), tokens(answer))
        return predicted.isEmpty && expected.isEmpty ? 1 : overlap(predicted, expected)
    }

    /// F1 by HotpotQA's rule (Yang et al. 2018): "yes", "no" and "noanswer" are right or wrong as a whole, and texts
    /// without a common token score 0, even if they have none at all.
    public static func hotpotQAF1(_ prediction: String, _ answer: String) -> Double {
        let texts = [normalized(prediction), normalized(answer)]
        let isVerdict = texts.contains { ["yes", "no", "noanswer"].contains($0) }
        return isVerdict && texts[0] != texts[1] ? 0 : overlap(prediction, answer)
    }

    /// F1 that is 0 where no token is common.
    static func overlap(_ prediction: String, _ answer: String) -> Double {
        overlap(tokens(prediction), tokens(answer))
    }

    private static func overlap(_ predicted: [Substring], _ expected: [Substring]) -> Double {
        var remaining = Dictionary(grouping: expected, by: \.self).mapValues(\.count)
        var common = 0
        for token in predicted {
            guard let count = remaining[token], count > 0 else { continue }
            remaining[token] = count - 1
            common += 1
        }
        // 2PR / (P + R) with P = common/predicted and R = common/expected.
        return common == 0 ? 0 : 2 * Double(common) / Double(predicted.count + expected.count)
    }

    /// Lower case, without ASCII punctuation, without the articles, single spaces between words.
    public static func normalized(_ text: String) -> String {
        tokens(text).joined(separator: " ")
    }

    private static func tokens(_ text: String) -> [Substring] {
        let plain = text.lowercased().filter { !punctuation.contains($0) }
        // Punctuation is closed up ("well-known" is one token), an article leaves a gap.
        let article = /\b(?:a|an|the)\b/.wordBoundaryKind(.simple)
        return plain.replacing(article, with: " ").split(whereSeparator: \.isWhitespace)
    }

    private static let punctuation = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
}
