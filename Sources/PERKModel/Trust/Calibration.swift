import Foundation

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
public struct Calibration: Sendable, Equatable {
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
extension Calibration: Codable {
    enum CodingKeys: String, CodingKey {
        case bias, weights, documents, answers
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let named = try container.decode([String: Double].self, forKey: .weights)
        self.init(
            bias: try container.decode(Double.self, forKey: .bias), weights: [:],
            documents: try container.decode(Int.self, forKey: .documents),
            answers: try container.decode(Int.self, forKey: .answers))
        for (name, weight) in named {
            guard let signal = AnswerSignal(rawValue: name) else {
                let known = AnswerSignal.allCases.map(\.rawValue).joined(separator: ", ")
                throw DecodingError.dataCorruptedError(
                    forKey: .weights, in: container, debugDescription: "names \(name): known are \(known)")
            }
            weights[signal] = weight
        }
        guard !weights.isEmpty, ([bias] + weights.values).allSatisfy({ abs($0) <= Self.largestWeight }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .weights, in: container,
                debugDescription: "must be one or more numbers of at most \(Self.largestWeight), as the bias")
        }
    }

    /// Larger ones come from a damaged file; the sums of such as these are finite.
    private static let largestWeight = 1e6

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(bias, forKey: .bias)
        try container.encode(
            Dictionary(uniqueKeysWithValues: weights.map { ($0.key.rawValue, $0.value) }), forKey: .weights)
        try container.encode(documents, forKey: .documents)
        try container.encode(answers, forKey: .answers)
    }
}
