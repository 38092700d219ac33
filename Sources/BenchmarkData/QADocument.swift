/// A document with the questions about it, wherever it came from.
public struct QADocument: Sendable, Equatable {
    /// The document.
    public enum Context: Sendable, Equatable {
        /// In the parts that the format cuts it into, each to be learned as one; at least one, none of them blank.
        case segments([String])
        /// In one piece, which is not blank.
        case text(String)
    }

    public let context: Context
    /// At least one.
    public internal(set) var questions: [DocumentQuestion]
    public let fields: DocumentFields
    /// The sentences of the text, where they are known and need not be found in it.
    public internal(set) var sentences: [String]?
    /// The rule that its answers are scored by, which the document's source gives it; `nil` where a benchmark's own is
    /// not at hand.
    public internal(set) var metric: Metric?

    public init(context: Context, questions: [DocumentQuestion], fields: DocumentFields = DocumentFields()) {
        (self.context, self.questions, self.fields) = (context, questions, fields)
    }

    /// The rule that its answers are scored by.
    ///
    /// - Throws: `UnscoredDocument` where there is none.
    public func knownMetric() throws(UnscoredDocument) -> Metric {
        guard let metric else { throw UnscoredDocument(dataSet: fields.task) }
        return metric
    }

    /// The parts of the document, nil where the format does not cut it.
    public var segments: [String]? {
        if case .segments(let segments) = context { segments } else { nil }
    }

    /// The whole document; segments stand on lines of their own.
    public var text: String {
        switch context {
        case .segments(let segments): segments.joined(separator: "\n")
        case .text(let text): text
        }
    }
}

/// A question of a row, with what is accepted as its answer.
public struct DocumentQuestion: Sendable, Equatable {
    /// Empty where the data set asks the same of all its documents: a LongBench summary.
    public let question: String
    /// The accepted answers, at least one. One of them may be empty: the text does not answer the question.
    public let answers: [String]
    /// Whether an answer has to hold all of `answers`, as most RULER tasks want, instead of being one of them.
    public let needsEveryAnswer: Bool
    /// The sentences that the answer follows from, where the format gives them.
    public let support: [String]
    /// What an answer can be: the classes of a classification, the letters of a multiple choice. Otherwise empty.
    public let labels: [String]
    /// The texts behind `labels`, in the same order; empty where the labels say it all.
    public let choices: [String]
    /// What sets the question apart from others of its kind; nil for nothing.
    public let group: QuestionGroup?

    public init(
        question: String, answers: [String], needsEveryAnswer: Bool = false, support: [String] = [],
        labels: [String] = [], choices: [String] = [], group: QuestionGroup? = nil
    ) {
        (self.question, self.answers, self.needsEveryAnswer) = (question, answers, needsEveryAnswer)
        (self.support, self.labels, self.choices, self.group) = (support, labels, choices, group)
    }

    /// The answer to what a generated document does not say.
    public static let unknown = "unknown"

    /// A question that the document does not answer.
    ///
    /// - Parameter labels: what answers to the same question about other documents can be.
    static func unanswerable(_ question: String, labels: [String] = []) -> DocumentQuestion {
        DocumentQuestion(
            question: question, answers: [unknown], labels: labels.isEmpty ? [] : labels + [unknown],
            group: .unanswerable)
    }

    /// The answer to train on: the first one, or all of them with commas between where all are needed.
    public var target: String {
        needsEveryAnswer ? answers.joined(separator: ", ") : answers.first ?? ""
    }
}

/// Questions that are reported in rows of their own besides counting with all others.
public enum QuestionGroup: String, CaseIterable, Sendable, Codable {
    /// The document does not answer.
    case unanswerable
    /// What the fact says is a value that no training document has.
    case unseenValue = "unseen values"
}

/// What a row says about itself that measurements are grouped by. All of it may be missing.
public struct DocumentFields: Sendable, Equatable {
    /// The task or the data set within the benchmark: "niah", "hotpotqa".
    public var task: String?
    /// The stated length of the document, in the benchmark's unit: tokens or words.
    public var length: Int?
    /// Where in the document the answer is said to stand, from 0, its beginning, to 1, its end.
    public var depth: Double?
    /// The row's own name.
    public var identifier: String?
    /// Classes that the benchmark divides its rows into: "hard", "long"; "pre".
    public var groups: [String]

    public init(
        task: String? = nil, length: Int? = nil, depth: Double? = nil, identifier: String? = nil, groups: [String] = []
    ) {
        (self.task, self.length, self.depth) = (task, length, depth)
        (self.identifier, self.groups) = (identifier, groups)
    }
}

/// A document of a data set whose benchmark scores in a way that is not at hand.
public struct UnscoredDocument: Error, Equatable, Sendable, CustomStringConvertible {
    /// The data set within the benchmark, where the document names it.
    public let dataSet: String?

    public var description: String {
        (dataSet.map { "\($0): " } ?? "") + "its benchmark's own measure is not available; leave its rows out"
    }
}
