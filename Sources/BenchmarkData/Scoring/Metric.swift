/// How an output is scored against what a question accepts, from 0 to 1, by the rules that benchmarks were published
/// with.
///
/// Where several answers are accepted the best score counts. Where all of them are needed, those of `AnswerMetrics`
/// compare with all answers in one text.
public enum Metric: String, CaseIterable, Sendable, Codable {
    /// The normalized texts are the same (SQuAD).
    case exactMatch = "exact-match"
    /// The overlap of the normalized texts' words (SQuAD).
    case f1
    /// The same, but "yes", "no" and "noanswer" overlap with nothing but themselves (HotpotQA).
    case hotpotQAF1 = "hotpotqa-f1"
    /// The first sentence names the right label and no other (BABILong).
    case babilong
    /// The share of the answers that stand in the output (RULER).
    case stringMatchAll = "string-match-all"
    /// One of the answers stands in the output (RULER's question answering).
    case stringMatchPart = "string-match-part"
    /// F1 that gives nothing where no word is shared, even if both texts are without words (LongBench).
    case longBenchF1 = "longbench-f1"
    /// The summary-level longest common subsequence of words (LongBench).
    case rougeL = "rouge-l"
    /// The right class is named, divided by the number of named classes (LongBench).
    case classification
    /// The share of the output's numbers that are that of the right paragraph (LongBench).
    case retrieval
    /// The share of the output's numbers that are the answer (LongBench).
    case count
    /// The similarity of the first line of code (LongBench).
    case codeSimilarity = "code-similarity"
    /// The output says "The correct answer is (B)" (LongBench v2).
    case statedChoice = "stated-choice"
    /// The letter of the right choice, alone or before its text, or the text of the choice, or what `statedChoice`
    /// accepts.
    case letter

    /// The score of `output` as an answer to `question`.
    ///
    /// - Parameter task: the task or data set within the benchmark, `RowFields.task`. BABILong's labels depend on it,
    ///   and what part of an output LongBench reads.
    public func score(output: String, for question: RowQuestion, task: String? = nil) -> Double {
        switch self {
        case .exactMatch: Self.best(of: question.accepted) { AnswerMetrics.exactMatch(output, $0) ? 1 : 0 }
        case .f1: Self.best(of: question.accepted) { AnswerMetrics.f1(output, $0) }
        case .hotpotQAF1: Self.best(of: question.accepted) { AnswerMetrics.hotpotQAF1(output, $0) }
        case .babilong: BabilongRule.score(output, for: question, task: task)
        case .stringMatchAll: StringMatch.share(of: question.answers, in: output)
        case .stringMatchPart: Self.best(of: question.answers) { StringMatch.share(of: [$0], in: output) }
        case .longBenchF1:
            LongBenchMetrics.best(output, for: question, task: task) { AnswerMetrics.overlap($0, $1) }
        case .rougeL: LongBenchMetrics.best(output, for: question, task: task, RougeL.score)
        case .classification:
            LongBenchMetrics.best(output, for: question, task: task) {
                LongBenchMetrics.classification($0, $1, classes: question.labels)
            }
        case .retrieval: LongBenchMetrics.best(output, for: question, task: task, LongBenchMetrics.retrieval)
        case .count: LongBenchMetrics.best(output, for: question, task: task, LongBenchMetrics.count)
        case .codeSimilarity: LongBenchMetrics.best(output, for: question, task: task, CodeSimilarity.score)
        case .statedChoice:
            MultipleChoice.isRight(MultipleChoice.statedLetter(in: output, of: question), question) ? 1 : 0
        case .letter: MultipleChoice.isRight(MultipleChoice.letter(in: output, of: question), question) ? 1 : 0
        }
    }

    static func best(of answers: [String], _ score: (String) -> Double) -> Double {
        answers.reduce(0) { max($0, score($1)) }
    }
}

extension RowQuestion {
    /// The answers of which one is enough, by the rule of SQuAD 2.0: those without words after normalization count
    /// only where there are no others, and as the empty answer then.
    fileprivate var accepted: [String] {
        guard !needsEveryAnswer else { return [target] }
        let worded = answers.filter { !AnswerMetrics.normalized($0).isEmpty }
        return worded.isEmpty ? [""] : worded
    }
}
