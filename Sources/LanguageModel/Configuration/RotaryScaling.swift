import Foundation

/// How the frequencies of the rotary embedding are changed for texts longer than a model was first trained with.
public enum RotaryScaling: Hashable, Sendable {
    case none
    /// All frequencies divided by a factor (Chen et al. 2023, arXiv 2306.15595).
    case linear(factor: Double)
    /// Low frequencies divided by a factor, high ones kept, and those between in part (Llama 3.1).
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalPositions: Int)
    /// The same by the number of turns, with larger scores (Peng et al. 2023, arXiv 2309.00071).
    case yarn(YaRN)
    /// Each frequency divided by a number of its own, as GGUF's `rope_freqs.weight` has them.
    case divisors([Double])

    public struct YaRN: Hashable, Sendable {
        public var factor: Double
        public var originalPositions: Int
        /// How many turns within the original positions a frequency makes that is kept, and one that is divided.
        public var fastTurns = 32.0, slowTurns = 1.0
        /// What queries and keys are multiplied with; `nil` for 0.1·log(factor) + 1.
        public var magnitude: Double?
        /// Whether the bounds between frequencies are rounded to whole ones.
        public var roundsBounds = true

        public init(factor: Double, originalPositions: Int) {
            (self.factor, self.originalPositions) = (factor, originalPositions)
        }
    }
}

extension RotaryScaling {
    /// Why nothing can be computed with these numbers; `nil` where something can.
    var problem: String? {
        let (numbers, positions): ([Double], Int?) =
            switch self {
            case .none: ([], nil)
            case .linear(let factor): ([factor], nil)
            case .llama3(let factor, let low, let high, let positions): ([factor, low, high, high - low], positions)
            case .yarn(let yarn):
                ([yarn.factor, yarn.fastTurns, yarn.slowTurns, yarn.magnitude ?? 1], yarn.originalPositions)
            case .divisors(let divisors): (divisors, nil)
            }
        if let number = numbers.first(where: { !($0.isFinite && $0 > 0) }) {
            return "the rotary scaling has \(number) where a number above 0 must stand"
        }
        return positions.map { $0 < 1 ? "the rotary scaling has \($0) original positions" : nil } ?? nil
    }
}

/// The rotary embedding of a layer (Su et al. 2021, arXiv 2104.09864).
public struct RotaryEmbedding: Hashable, Sendable {
    public let theta: Double
    public var scaling = RotaryScaling.none

    /// The angle by which each pair of a head turns per position: theta^(-2i / headWidth), scaled.
    public func frequencies(headWidth: Int) -> [Double] {
        let plain = (0..<headWidth / 2).map { pow(theta, -2 * Double($0) / Double(headWidth)) }
        switch scaling {
        case .none: return plain
        case .linear(let factor): return plain.map { $0 / factor }
        case .divisors(let divisors): return zip(plain, divisors).map { $0 / $1 }
        case .llama3(let factor, let low, let high, let positions):
            return plain.map { frequency in
                let turns = Double(positions) * frequency / (2 * .pi)
                let kept = min(max((turns - low) / (high - low), 0), 1)
                return frequency * (kept + (1 - kept) / factor)
            }
        case .yarn(let yarn):
            let (low, high) = yarn.bounds(theta: theta, headWidth: headWidth)
            return plain.enumerated().map { index, frequency in
                let kept = 1 - min(max((Double(index) - low) / (high - low), 0), 1)
                return frequency * (kept + (1 - kept) / yarn.factor)
            }
        }
    }

    /// What queries and keys are multiplied with besides.
    public var magnitude: Double {
        guard case .yarn(let yarn) = scaling else { return 1 }
        return yarn.magnitude ?? (yarn.factor <= 1 ? 1 : 0.1 * log(yarn.factor) + 1)
    }
}

extension RotaryScaling.YaRN {
    /// The pairs between which frequencies pass from kept to divided.
    fileprivate func bounds(theta: Double, headWidth: Int) -> (low: Double, high: Double) {
        func pair(turns: Double) -> Double {
            Double(headWidth) * log(Double(originalPositions) / (turns * 2 * .pi)) / (2 * log(theta))
        }
        var (low, high) = (pair(turns: fastTurns), pair(turns: slowTurns))
        if roundsBounds { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        (low, high) = (max(low, 0), min(high, Double(headWidth - 1)))
        return (low, low == high ? high + 0.001 : high)
    }
}

/// Attention to the last tokens alone, in some of a model's layers.
public struct SlidingWindow: Hashable, Sendable {
    /// How many tokens a token attends to, itself among them.
    public let tokens: Int
    /// The base of the rotary embedding in these layers.
    public let theta: Double
    /// Whether each layer has the window.
    public let layers: [Bool]

    public init(tokens: Int, theta: Double, layers: [Bool]) {
        (self.tokens, self.theta, self.layers) = (tokens, theta, layers)
    }
}
