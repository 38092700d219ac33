import BenchmarkData
import Foundation
import Tensors

/// What one method made of one document: a line of the predictions file.
public struct Prediction: Sendable, Equatable, Codable {
    /// A question with its outcome.
    public struct Outcome: Sendable, Equatable, Codable {
        public let question: String
        public let answers: [String]
        public let output: String
        /// From 0 to 1.
        public let score: Double
        /// Exact match, where the metric is published with it.
        public var exactMatch: Double?
        public let seconds: Double
        public let generatedTokens: Int
        /// The probability that the answer is right, as the model says, where it says so.
        public var confidence: Double?
        /// The supporting facts that the model wrote, and whether they are the ones that the row lists.
        public var support: String?
        public var isSupportRight: Bool?
        /// What sets the question apart; nil for nothing.
        public var group: QuestionGroup?

        /// Whether the answer counts as right where only right and wrong are told apart.
        public var isRight: Bool { score >= Self.leastRightScore }

        /// The score from which on an answer is right; of most measures scores are 0 and 1 alone.
        static let leastRightScore = 0.5
    }

    public let cell: String
    /// The document's number in its cell, from 0.
    public let document: Int
    public let identifier: String?
    public let method: EvaluationMethod
    public let metric: Metric
    /// The document's tokens, as it is learned.
    public let tokens: Int
    /// Where in the document the answer is said to stand, from 0 to 1.
    public let depth: Double?
    /// Whether a part of the document had to be left out.
    public let isCut: Bool
    /// Seconds to read the document.
    public let readSeconds: Double
    /// The most memory that the process held meanwhile, in MiB.
    public let peakMebibytes: Int
    /// The bytes that the method keeps of the document between questions; `nil` where it reads nothing of it.
    public let heldBytes: Int?
    /// The tokens of the prompt whose keys and values these bytes are.
    public let heldTokens: Int?
    public internal(set) var outcomes: [Outcome]
    /// Why the method failed, where it did; its questions then count as answered wrongly.
    public let failure: String?

    /// The mean score of the document's questions.
    public var score: Double { outcomes.reduce(0) { $0 + $1.score } / Double(max(1, outcomes.count)) }

    /// The prediction with the questions of a group alone; nil where the document has none of them.
    func restricted(to group: QuestionGroup) -> Prediction? {
        var result = self
        result.outcomes = outcomes.filter { $0.group == group }
        return result.outcomes.isEmpty ? nil : result
    }

    /// What a line is found again by.
    var key: Key { Key(cell: cell, document: document, method: method) }

    struct Key: Hashable {
        let cell: String
        let document: Int
        let method: EvaluationMethod
    }
}

/// The most memory that this process has held since it was asked to forget earlier peaks, as Linux counts it.
enum PeakMemory {
    /// Forgets earlier peaks (proc(5), `clear_refs`), after returning what is not needed any more. Where that is not
    /// allowed, peaks are those since the start.
    static func reset() {
        TensorMemory.releaseUnused()
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        try? file.write(contentsOf: Data("5".utf8))
    }

    /// In MiB; 0 where the system does not tell.
    static var mebibytes: Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let match = status.firstMatch(of: /VmHWM:\s+([0-9]+) kB/), let kibibytes = Int(match.1)
        else { return 0 }
        return kibibytes / 1024
    }
}
