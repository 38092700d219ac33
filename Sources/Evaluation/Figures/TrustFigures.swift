import HTMLReports

/// An answer with the probability that it is right, as the model says, and whether it is.
public struct ConfidentAnswer: Sendable, Equatable {
    /// From 0 to 1.
    public let confidence: Double
    public let isRight: Bool

    public init(confidence: Double, isRight: Bool) { (self.confidence, self.isRight) = (confidence, isRight) }

    init?(_ outcome: Prediction.Outcome) {
        guard let confidence = outcome.confidence else { return nil }
        self.init(confidence: confidence, isRight: outcome.isRight)
    }
}

/// What the confidences of some answers are worth.
public struct TrustFigures: Sendable, Equatable, CustomStringConvertible {
    /// The answers whose confidences lie within one interval.
    public struct Bin: Sendable, Equatable {
        public let answers: Int
        /// Means over them; the accuracy is the share of right ones.
        public let confidence, accuracy: Double
    }

    /// What is right among the surest answers.
    public struct Coverage: Sendable, Equatable {
        /// The share of the questions that are answered, above 0, at most 1.
        public let share: Double
        public let accuracy: Double
    }

    public let answers: Int
    /// The bins of the reliability plot that are not empty, in ascending order.
    public let bins: [Bin]
    /// How far confidence and accuracy are apart in a bin, in the mean over all answers (Guo et al. 2017, "On Calibration
    /// of Modern Neural Networks").
    public let calibrationError: Double
    /// The probability that a right answer has more confidence than a wrong one, ties counting one half: the area under
    /// the ROC curve. `nil` where all are right, or all wrong.
    public let rocArea: Double?
    /// For each tenth of the questions.
    public let coverage: [Coverage]

    /// The bins that divide the confidences from 0 to 1 equally.
    public static let binCount = 15

    /// `nil` where there is no answer.
    public init?(_ answers: [ConfidentAnswer]) {
        guard !answers.isEmpty else { return nil }
        self.answers = answers.count
        let bins = Self.bins(of: answers)
        self.bins = bins
        calibrationError =
            bins.reduce(0) { $0 + Double($1.answers) * abs($1.confidence - $1.accuracy) } / Double(answers.count)
        let levels = Self.levels(of: answers)
        rocArea = Self.rocArea(of: levels)
        coverage = (1...10).map { tenths in
            let share = Double(tenths) / 10
            return Coverage(share: share, accuracy: Self.accuracy(of: levels, surest: share * Double(answers.count)))
        }
    }

    /// A bin has its upper end and not its lower one, but for the first, which has both.
    private static func bins(of answers: [ConfidentAnswer]) -> [Bin] {
        let groups = Dictionary(grouping: answers) { answer in
            min(binCount - 1, max(0, Int((answer.confidence * Double(binCount)).rounded(.up)) - 1))
        }
        return groups.sorted { $0.key < $1.key }.map { _, group in
            let count = Double(group.count)
            return Bin(
                answers: group.count, confidence: group.reduce(0) { $0 + $1.confidence } / count,
                accuracy: Double(group.count(where: \.isRight)) / count)
        }
    }

    /// Answers of one confidence, which nothing tells apart.
    private struct Level {
        var right = 0.0, wrong = 0.0
    }

    /// The surest first.
    private static func levels(of answers: [ConfidentAnswer]) -> [Level] {
        Dictionary(grouping: answers, by: \.confidence).sorted { $0.key > $1.key }.map { _, group in
            let right = Double(group.count(where: \.isRight))
            return Level(right: right, wrong: Double(group.count) - right)
        }
    }

    private static func rocArea(of levels: [Level]) -> Double? {
        var (right, pairs) = (0.0, 0.0)
        for level in levels {
            pairs += level.wrong * (right + level.right / 2)
            right += level.right
        }
        let wrong = levels.reduce(0) { $0 + $1.wrong }
        return right > 0 && wrong > 0 ? pairs / (right * wrong) : nil
    }

    /// The share of right ones among the `count` surest answers; of a level that is taken in part, as many right ones as
    /// its share of them.
    private static func accuracy(of levels: [Level], surest count: Double) -> Double {
        var (rest, right) = (count, 0.0)
        for level in levels where rest > 0 {
            let answers = level.right + level.wrong
            right += level.right * min(1, rest / answers)
            rest -= answers
        }
        return right / count
    }

    public var description: String {
        let area = rocArea.map { "ROC area \(Decimals.text($0, places: 3)), " } ?? ""
        let points = [2, 5, 8].map { index in
            "\(Decimals.text(coverage[index - 1].accuracy, places: 3)) of the surest \(index * 10) %"
        }
        return "confidence: calibration error \(Decimals.text(calibrationError, places: 3)), \(area)"
            + "right are \(points.joined(separator: ", "))"
    }
}
