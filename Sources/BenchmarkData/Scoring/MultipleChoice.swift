extension Metric {
    /// The output says "The correct answer is (B)" (LongBench v2).
    public static let statedChoice = Metric("stated-choice") { output, question, _ in
        MultipleChoice.isRight(MultipleChoice.statedLetter(in: output, of: question), question) ? 1 : 0
    }
    /// The letter of the right choice, alone or before its text, or the text of the choice, or what `statedChoice`
    /// accepts.
    public static let letter = Metric("letter", comparesWholes: true) { output, question, _ in
        MultipleChoice.isRight(MultipleChoice.letter(in: output, of: question), question) ? 1 : 0
    }
}

/// Which choice an output names.
enum MultipleChoice {
    static func isRight(_ letter: String?, _ question: DocumentQuestion) -> Bool {
        letter.map(question.answers.contains) ?? false
    }

    /// The letter in "The correct answer is (B)", else that in "The correct answer is B", by the rule of LongBench v2
    /// (Bai et al. 2024, `pred.py`). Asterisks, which make text bold, are left out first.
    static func statedLetter(in output: String, of question: DocumentQuestion) -> String? {
        let output = output.filter { $0 != "*" }
        let rests = output.ranges(of: "The correct answer is ").map { output[$0.upperBound...] }
        for form: (String) -> String in [{ "(\($0))" }, { $0 }] {
            for rest in rests {
                if let letter = question.labels.first(where: { rest.hasPrefix(form($0)) }) { return letter }
            }
        }
        return nil
    }

    /// The letter of the choice whose text the output is, else the letter that it begins with, alone ("B"), in brackets
    /// ("(B) Oslo") or before punctuation ("B. Oslo"), else the stated one.
    static func letter(in output: String, of question: DocumentQuestion) -> String? {
        let text = AnswerMetrics.normalized(output)
        if !text.isEmpty,
            let choice = zip(question.labels, question.choices).first(where: { AnswerMetrics.normalized($1) == text })
        {
            return choice.0
        }
        var start = output[...].drop(while: \.isWhitespace)
        if start.first == "(" { start = start.dropFirst() }
        let leading = question.labels.first { letter in
            guard start.hasPrefix(letter) else { return false }
            let rest = start.dropFirst(letter.count)
            // "A cat" is no letter but a word.
            return rest.first.map { ").:,;".contains($0) || $0.isNewline } ?? true
                || rest.allSatisfy(\.isWhitespace)
        }
        return leading ?? statedLetter(in: output, of: question)
    }
}
