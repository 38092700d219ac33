/// How an output is scored against what a question accepts, from 0 to 1, by the rules that benchmarks were published
/// with.
///
/// A further metric is a file of its own, which follows its benchmark's published rule, and a line of `allCases`. Where
/// several answers are accepted the best score counts. Where all of them are needed, those of `AnswerMetrics` compare
/// with all answers in one text.
public struct Metric: Registered {
    public static let allCases: [Metric] = [
        .exactMatch, .f1, .hotpotQAF1, .babilong, .stringMatchAll, .stringMatchPart, .longBenchF1, .rougeL,
        .classification, .retrieval, .count, .codeSimilarity, .statedChoice, .letter,
    ]

    public let rawValue: String
    /// Whether an output counts as a whole, so that anything after the answer makes it worse.
    public let comparesWholes: Bool
    /// Whether benchmarks publish exact match beside it.
    public let hasExactMatchBeside: Bool
    private let rule: Rule

    /// The score of an output as an answer to a question of a task or data set within the benchmark.
    typealias Rule = @Sendable (_ output: String, _ question: DocumentQuestion, _ task: String?) -> Double

    init(
        _ name: String, comparesWholes: Bool = false, hasExactMatchBeside: Bool = false, rule: @escaping Rule
    ) {
        (rawValue, self.comparesWholes, self.rule) = (name, comparesWholes, rule)
        self.hasExactMatchBeside = hasExactMatchBeside
    }

    /// The score of `output` as an answer to `question`.
    ///
    /// - Parameter task: the task or data set within the benchmark, `DocumentFields.task`. BABILong's labels depend on
    ///   it, and what part of an output LongBench reads.
    public func score(output: String, for question: DocumentQuestion, task: String? = nil) -> Double {
        rule(output, question, task)
    }

    /// Exact match, where it is published beside this metric; `nil` for others.
    public func exactMatchBeside(output: String, for question: DocumentQuestion) -> Double? {
        hasExactMatchBeside ? Metric.exactMatch.score(output: output, for: question) : nil
    }

    static func best(of answers: [String], _ score: (String) -> Double) -> Double {
        answers.reduce(0) { max($0, score($1)) }
    }
}
