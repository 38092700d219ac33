extension GeneratedTask {
    /// The rule of the benchmark that the task is after.
    public var metric: Metric {
        switch self {
        case .qa1, .qa2, .qa3: .babilong
        case .studentRecall, .studentRelation, .studentAggregate, .apiRetrieval, .facts, .cloze: .exactMatch
        case .needleSingle, .needleMultikey, .needleMultivalue, .needleMultiquery: .stringMatchAll
        }
    }
}
