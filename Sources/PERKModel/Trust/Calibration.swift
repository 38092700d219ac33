import Foundation
import StrictConfiguration

/// An answer whose rightness is known, for a calibration.
public struct JudgedAnswer: Sendable, Equatable {
    public var signals: [AnswerSignal: Double]
    public var isRight: Bool

    public init(signals: [AnswerSignal: Double], isRight: Bool) {
        (self.signals, self.isRight) = (signals, isRight)
    }
}

/// Answers that no calibration can be fitted to.
public struct CalibrationError: Error, Equatable, Sendable, CustomStringConvertible {
    public let answers: Int
    public let right: Int

    public var description: String {
        "\(right) of \(answers) answers are right, which tells nothing of the difference: calibrate with other documents, "
            + "or train the model further"
    }
}

/// How the signals of an answer become the probability that it is right: a logistic function of them (Platt 1999).
public struct Calibration: Sendable, Equatable, Codable {
    public var bias: Double
    /// Of each signal that counts, at least one.
    public var weights: [AnswerSignal: Double]
    /// What it was fitted to.
    public var documents, answers: Int

    /// How much the weights are held towards 0, in units of answers; next to nothing for hundreds of them.
    static let ridge = 1.0

    public init(bias: Double, weights: [AnswerSignal: Double], documents: Int, answers: Int) {
        (self.bias, self.weights) = (bias, weights)
        (self.documents, self.answers) = (documents, answers)
    }

    /// The signals that have to be known, in their order.
    public var signals: [AnswerSignal] { AnswerSignal.allCases.filter { weights[$0] != nil } }

    /// The probability that an answer with these signals is right; `nil` where one is missing or no finite number.
    public func confidence(_ values: [AnswerSignal: Double]) -> Double? {
        var score = bias
        for signal in signals {
            guard let value = values[signal], let weight = weights[signal], value.isFinite else { return nil }
            score += weight * value
        }
        return LogisticRegression.sigmoid(score)
    }

    /// Fits the weights of `signals`, each of which is brought to mean 0 and deviation 1 for it.
    ///
    /// - Parameters:
    ///   - answers: with all of these signals; those that lack one, or have one that is not finite, do not count.
    ///   - documents: how many they are about.
    /// - Throws: `CalibrationError` where not both right and wrong ones are there.
    public init(
        fitting answers: [JudgedAnswer], signals: [AnswerSignal], documents: Int
    ) throws(CalibrationError) {
        let usable = answers.filter { answer in signals.allSatisfy { answer.signals[$0]?.isFinite ?? false } }
        let right = usable.count(where: \.isRight)
        guard right > 0, right < usable.count else { throw CalibrationError(answers: usable.count, right: right) }
        let scales = signals.map { signal in Scale(of: usable.map { $0.signals[signal] ?? 0 }) }
        let features = usable.map { answer in
            zip(signals, scales).map { signal, scale in scale.standardized(answer.signals[signal] ?? 0) }
        }
        let fit = LogisticRegression(features: features, outcomes: usable.map(\.isRight), ridge: Self.ridge)
        self.init(bias: fit.bias, weights: [:], documents: documents, answers: usable.count)
        for (signal, (weight, scale)) in zip(signals, zip(fit.weights, scales)) {
            weights[signal] = weight / scale.deviation
            bias -= weight * scale.mean / scale.deviation
        }
    }

    /// The mean and the standard deviation of a signal; deviation 1 where it does not vary.
    private struct Scale {
        let mean, deviation: Double

        init(of values: [Double]) {
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            (self.mean, deviation) = (mean, variance > 1e-24 ? variance.squareRoot() : 1)
        }

        func standardized(_ value: Double) -> Double { (value - mean) / deviation }
    }
}

/// As it stands in `perk.json`.
extension Calibration: ConfigurationSection {
    /// Larger ones come from a damaged file; the sums of such as these are finite.
    private static let weightBounds = -1e6...1e6

    /// `weights`: a key for each signal that counts.
    private struct Weights: ConfigurationSection {
        var values: [AnswerSignal: Double] = [:]

        mutating func read(from reader: inout SectionReader) throws {
            for signal in AnswerSignal.allCases {
                try reader.read(
                    signal.rawValue, into: &values[signal], in: Calibration.weightBounds, "The weight of this signal")
            }
        }
    }

    package init() { self.init(bias: 0, weights: [:], documents: 0, answers: 0) }

    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read("bias", into: &bias, in: Self.weightBounds, "What the weighted signals are added to")
        var weights = Weights(values: weights)
        try reader.readSection("weights", into: &weights, "The weights of the signals")
        self.weights = weights.values
        try reader.read("documents", into: &documents, in: 1...Int.max, "How many documents it was fitted to")
        try reader.read("answers", into: &answers, in: 1...Int.max, "How many answers it was fitted to")
    }

    package func validate(_ reader: SectionReader) throws {
        guard !weights.isEmpty else { throw reader.refusal("weights", "there is none; give the weight of a signal") }
        for (key, count) in [("documents", documents), ("answers", answers)] where count == 0 {
            throw reader.refusal(key, "is missing")
        }
    }
}

/// What documents were like that a model is known to answer about: others are learned with a warning.
public struct DocumentLimits: Sendable, Equatable {
    /// The tokens of the longest.
    public var tokens: Int
    /// The mean loss of the base model alone, in nats a token, that 99 of 100 stayed below.
    public var baseLoss: Double

    init(tokens: Int, baseLoss: Double) {
        (self.tokens, self.baseLoss) = (tokens, baseLoss)
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

/// As they stand in `perk.json`.
extension DocumentLimits: ConfigurationSection {
    package init() { self.init(tokens: 0, baseLoss: -1) }

    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read("documentTokens", into: &tokens, in: 1...Int.max, "The tokens of the longest document")
        try reader.read(
            "baseLoss", into: &baseLoss, in: 0...1e6,
            "The mean loss of the base model alone, in nats a token, that 99 of 100 documents stayed below")
    }

    package func validate(_ reader: SectionReader) throws {
        guard tokens > 0 else { throw reader.refusal("documentTokens", "is missing") }
        guard baseLoss >= 0 else { throw reader.refusal("baseLoss", "is missing") }
    }
}

/// Why answers about a document deserve less trust.
public enum DocumentWarning: Sendable, Equatable, Codable, CustomStringConvertible {
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
