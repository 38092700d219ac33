import Testing

import BenchmarkData

struct StandardMetricTests {
    @Test(
        arguments: [
            (RowFormat.perkBabilong, nil, Metric.exactMatch),
            (.studentRecords, nil, .exactMatch),
            (.longGorilla, nil, .exactMatch),
            (.babi, nil, .exactMatch),
            (.plain, nil, .exactMatch),
            (.babilong, nil, .babilong),
            (.babilong, "qa1", .babilong),
            (.babilong, "qa10_indefinite-knowledge", .babilong),
            (.babilong, "qa8", .exactMatch),
            (.babilong, "qa20", .exactMatch),
            (.ruler, "niah", .stringMatchAll),
            (.ruler, "vt", .stringMatchAll),
            (.ruler, nil, .stringMatchAll),
            (.ruler, "qa", .stringMatchPart),
            (.ruler, "qa_2", .stringMatchPart),
            (.longBench, nil, .longBenchF1),
            (.longBench, "triviaqa", .longBenchF1),
            (.longBench, "gov_report", .rougeL),
            (.longBench, "trec", .classification),
            (.longBench, "passage_retrieval_zh", .retrieval),
            (.longBench, "passage_count", .count),
            (.longBench, "lcc", .codeSimilarity),
            (.longBench, "dureader", nil),
            (.longBench, "multifieldqa_zh", nil),
            (.longBenchV2, "Long Text", .statedChoice),
            (.hotpotQA, "bridge", .hotpotQAF1),
            (.squad, nil, .f1),
            (.needle, nil, .stringMatchPart),
        ] as [(RowFormat, String?, Metric?)])
    func everyBenchmarkHasItsRule(_ format: RowFormat, _ task: String?, _ metric: Metric?) {
        #expect(format.metric(task) == metric)
    }
}
