extension Metric {
    /// The rule that the benchmark itself scores by, nil where it needs more than is here: LongBench's Chinese data sets
    /// multifieldqa_zh, dureader and vcsum are scored by words, which Chinese does not mark.
    ///
    /// | benchmark | rule |
    /// |---|---|
    /// | PERK's own, bAbI | exact match |
    /// | BABILong | its label rule for the tasks that have labels, exact match for the others |
    /// | RULER | all references, for question answering one |
    /// | LongBench | by data set |
    /// | LongBench v2 | the stated choice |
    /// | HotpotQA, SQuAD | F1; exact match is usual too |
    /// | a hidden sentence | it is contained; published scores are those of a language model that judges |
    ///
    /// - Parameter task: the task or data set within the benchmark, `RowFields.task`.
    public static func standard(for format: RowFormat, task: String?) -> Metric? {
        switch format {
        case .perkBabilong, .studentRecords, .longGorilla, .babi, .plain: .exactMatch
        case .babilong: BabilongRule.hasLabels(task: task) ? .babilong : .exactMatch
        case .ruler: task?.prefix(while: { $0 != "_" }) == "qa" ? .stringMatchPart : .stringMatchAll
        case .longBench: longBench(task)
        case .longBenchV2: .statedChoice
        case .hotpotQA: .hotpotQAF1
        case .squad: .f1
        case .needle: .stringMatchPart
        }
    }

    /// The metric of each data set (Bai et al. 2023, table 1, and the evaluation script). Data sets that are not listed
    /// there are taken for question answering.
    private static func longBench(_ dataSet: String?) -> Metric? {
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
