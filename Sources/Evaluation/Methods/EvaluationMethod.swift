import BenchmarkData
/// A way to answer questions about a document.
public enum EvaluationMethod: String, CaseIterable, Sendable, Codable {
    /// The document is learned, through the path that serves users; the prompt is the question alone.
    case perk
    /// The base model with the document in its prompt, cut in the middle where it does not fit.
    case inContext = "in-context"
    /// The same with the keys and values of the document kept between questions, as servers do.
    case inContextCached = "in-context-cached"
    /// The document in the prompt of the base model with an adapter that was trained to find it there, on the rows that
    /// PERK is trained on: the paper's FT-ICR.
    case inContextTuned = "in-context-tuned"
    /// The base model with the segments in its prompt that share most words with the question (BM25).
    case retrieval
    /// The base model with the question alone.
    case closedBook = "closed-book"
    /// The document is learned by as many steps of the same kind, but from a random adapter: what meta-training is
    /// worth.
    case untrainedAdapter = "untrained-adapter"
    /// The adapter of another document of the cell. What it scores was not read from the document: style, likely
    /// answers, leaks.
    case otherDocument = "other-document"

    /// Whether anything of the document is read.
    var readsDocument: Bool { self != .closedBook && self != .otherDocument }

    /// Whether the model was never taught where an answer ends: what it writes after a line break is then left out
    /// where answers are compared as a whole, as is usual for language models that are prompted.
    var isPrompted: Bool {
        switch self {
        case .inContext, .inContextCached, .retrieval, .closedBook: true
        case .perk, .untrainedAdapter, .otherDocument, .inContextTuned: false
        }
    }
}

extension Metric {
    /// Whether an output counts as a whole, so that anything after the answer makes it worse.
    var comparesWholes: Bool {
        switch self {
        case .exactMatch, .f1, .hotpotQAF1, .longBenchF1, .letter: true
        case .babilong, .stringMatchAll, .stringMatchPart, .rougeL, .classification, .retrieval, .count,
            .codeSimilarity,
            .statedChoice:
            false
        }
    }
}
