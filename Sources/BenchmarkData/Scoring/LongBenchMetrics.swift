extension Metric {
    /// F1 that gives nothing where no word is shared, even if both texts are without words (LongBench).
    public static let longBenchF1 = Metric("longbench-f1", comparesWholes: true) {
        LongBenchMetrics.best($0, for: $1, task: $2) { AnswerMetrics.overlap($0, $1) }
    }
    /// The summary-level longest common subsequence of words (LongBench).
    public static let rougeL = Metric("rouge-l") { LongBenchMetrics.best($0, for: $1, task: $2, RougeL.score) }
    /// The right class is named, divided by the number of named classes (LongBench).
    public static let classification = Metric("classification") { output, question, task in
        LongBenchMetrics.best(output, for: question, task: task) {
            LongBenchMetrics.classification($0, $1, classes: question.labels)
        }
    }
    /// The share of the output's numbers that are that of the right paragraph (LongBench).
    public static let retrieval = Metric("retrieval") {
        LongBenchMetrics.best($0, for: $1, task: $2, LongBenchMetrics.retrieval)
    }
    /// The share of the output's numbers that are the answer (LongBench).
    public static let count = Metric("count") {
        LongBenchMetrics.best($0, for: $1, task: $2, LongBenchMetrics.count)
    }
    /// The similarity of the first line of code (LongBench).
    public static let codeSimilarity = Metric("code-similarity") {
        LongBenchMetrics.best($0, for: $1, task: $2, CodeSimilarity.score)
    }

    /// The metric of each data set (Bai et al. 2023, table 1, and the evaluation script). Data sets that are not listed
    /// there are taken for question answering.
    static func ofLongBench(dataSet: String?) -> Metric? {
        switch dataSet {
        case "gov_report", "qmsum", "multi_news", "samsum": .rougeL
        case "trec", "lsht": .classification
        case "passage_retrieval_en", "passage_retrieval_zh": .retrieval
        case "passage_count": .count
        case "lcc", "repobench-p": .codeSimilarity
        case "multifieldqa_zh", "dureader", "vcsum": nil
        default: .longBenchF1
        }
    }
}

/// The rules of LongBench (Bai et al. 2023) that are its own: `metrics.py` and `eval.py` of the benchmark's repository,
/// THUDM/LongBench.
enum LongBenchMetrics {
    /// The best of the scores against each answer. Of some data sets only the first line of the output is read: models
    /// go on with further examples there.
    static func best(
        _ output: String, for question: DocumentQuestion, task: String?, _ score: (String, String) -> Double
    ) -> Double {
        let output = Self.readFirstLine.contains(task ?? "") ? firstLine(of: output) : output
        return Metric.best(of: question.answers) { score(output, $0) }
    }

    /// One divided by the number of classes that stand in the output if the right one does, else 0.
    ///
    /// A class that is part of the right one's name is dropped; the published script steps over the class behind a
    /// dropped one, so this does too.
    static func classification(_ output: String, _ answer: String, classes: [String]) -> Double {
        var named = classes.filter { output.contains($0) }
        var index = 0
        while index < named.count {
            if named[index] != answer, answer.contains(named[index]) { named.remove(at: index) }
            index += 1
        }
        return named.contains(answer) ? 1 / Double(named.count) : 0
    }

    /// The share of the output's numbers that are the answer's: "Paragraph 12" or "段落12".
    static func retrieval(_ output: String, _ answer: String) -> Double {
        guard let paragraph = answer.firstMatch(of: /(?:Paragraph |段落)(\d+)/) else { return 0 }
        return count(output, String(paragraph.1))
    }

    /// The share of the output's numbers that are the answer, digit for digit.
    static func count(_ output: String, _ answer: String) -> Double {
        let numbers = output.matches(of: /\d+/)
        let right = numbers.count { $0.output == answer }
        return numbers.isEmpty ? 0 : Double(right) / Double(numbers.count)
    }

    private static let readFirstLine: Set = ["trec", "triviaqa", "samsum", "lsht"]

    private static func firstLine(of text: String) -> String {
        String(text.drop(while: \.isLineBreak).prefix { !$0.isLineBreak })
    }
}

extension Character {
    /// Whether lines end here, however they were written.
    var isLineBreak: Bool { self == "\n" || self == "\r\n" }
}
