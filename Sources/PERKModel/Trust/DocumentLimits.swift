/// What documents were like that a model is known to answer about: others are learned with a warning.
public struct DocumentLimits: Sendable, Equatable, Codable {
    /// The tokens of the longest.
    public var tokens: Int
    /// The mean loss of the base model alone, in nats a token, that 99 of 100 stayed below.
    public var baseLoss: Double

    enum CodingKeys: String, CodingKey {
        case tokens = "document_tokens"
        case baseLoss = "base_loss"
    }

    /// The limits of documents of which these are a sample, at least one.
    public init(tokens: [Int], baseLosses: [Double]) {
        precondition(!tokens.isEmpty && tokens.count == baseLosses.count, "a length and a loss of each document")
        self.tokens = tokens.max() ?? 0
        // The nearest rank: the smallest loss that at least 99 % of the losses do not exceed.
        baseLoss = baseLosses.sorted()[(baseLosses.count * 99 + 99) / 100 - 1]
    }

    /// What a person should know before trusting answers about a document.
    package func warnings(tokens: Int, baseLoss: Double) -> [DocumentWarning] {
        var warnings: [DocumentWarning] = []
        if tokens > self.tokens { warnings.append(.longerThanTrained(tokens: tokens, limit: self.tokens)) }
        if !(baseLoss <= self.baseLoss) {
            warnings.append(.unlikeTraining(baseLoss: baseLoss, limit: self.baseLoss))
        }
        return warnings
    }
}

/// Why answers about a document deserve less trust.
public enum DocumentWarning: Sendable, Equatable, CustomStringConvertible {
    case longerThanTrained(tokens: Int, limit: Int)
    case unlikeTraining(baseLoss: Double, limit: Double)

    public var description: String {
        switch self {
        case .longerThanTrained(let tokens, let limit):
            "the document has \(tokens) tokens, and the model was trained for \(limit) at most: answers may be wrong; "
                + "split the document"
        case .unlikeTraining(let baseLoss, let limit):
            "the document is unlike those that the model was trained on (a mean loss of "
                + "\(Self.text(baseLoss)) where 99 in 100 had at most \(Self.text(limit))): answers may be wrong; use a "
                + "model trained on such text"
        }
    }

    private static func text(_ loss: Double) -> String { loss.formatted(.number.precision(.fractionLength(2))) }
}
