import Autodiff
import SeededRandom
import Tensors

/// How a token weighter's network becomes a weight.
public struct TokenWeighting: Equatable, Sendable {
    /// The function at the network's end.
    public enum Nonlinearity: String, CaseIterable, Sendable {
        /// log(1 + exp(3x)) / 3, the paper's
        case softplus
        /// 1 / (1 + exp(-x)): weights below 1
        case sigmoid
        /// exp(x)
        case exponential = "exp"
        /// x·Φ(x): weights may be a little below 0
        case gelu

        var function: ScalarFunction {
            switch self {
            case .softplus: .softplus(beta: 3)
            case .sigmoid: .sigmoid
            case .exponential: .exponential
            case .gelu: .gelu
            }
        }

        /// What the network begins with for every token. GELU begins away from 0, where all weights would vanish and with
        /// them the inner gradient.
        var initialBias: Double { self == .gelu ? 1 : 0 }
    }

    public var nonlinearity: Nonlinearity
    /// Whether the weights of each segment are divided by their mean, so that only their proportions count. Segments are
    /// never divided among micro-batches, so the sum over them stays a sum.
    public var isNormalized: Bool

    public init(nonlinearity: Nonlinearity = .softplus, isNormalized: Bool = false) {
        self.nonlinearity = nonlinearity
        self.isNormalized = isNormalized
    }

    /// Whether the weights' mean can be divided by: it is positive.
    public var isPossible: Bool { !isNormalized || nonlinearity != .gelu }
}

/// The token weighter ω: how much each token of a document counts when it is learned.
///
/// w = f(fc2·gelu(fc1·h)), with f of `TokenWeighting` and h the last hidden state of that token under the adapted model
/// (docs/method.md, "Symbols").
public struct TokenWeighter<Value> {
    /// [hidden, width] and [hidden]
    public var weight1, bias1: Value
    /// [1, hidden] and [1]
    public var weight2, bias2: Value
    public var weighting: TokenWeighting

    public static var names: [String] { ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"] }

    /// In the order of `names`.
    public var tensors: [Value] { [weight1, bias1, weight2, bias2] }

    public init(tensors: [Value], weighting: TokenWeighting = TokenWeighting()) {
        precondition(tensors.count == 4, "a token weighter has four tensors")
        (weight1, bias1, weight2, bias2) = (tensors[0], tensors[1], tensors[2], tensors[3])
        self.weighting = weighting
    }

    public func map<New>(_ transform: (Value) throws -> New) rethrows -> TokenWeighter<New> {
        TokenWeighter<New>(tensors: try tensors.map(transform), weighting: weighting)
    }
}

extension TokenWeighter: Sendable where Value: Sendable {}

extension TokenWeighter {
    /// A weighter that begins by giving every token the same weight.
    public init<Scalar>(
        width: Int, hiddenWidth: Int, weighting: TokenWeighting = TokenWeighting(), using random: inout RandomSource
    ) where Value == Tensor<Scalar> {
        self.init(
            tensors: [
                Tensor(
                    normal: [hiddenWidth, width], standardDeviation: 1 / Double(width).squareRoot(), using: &random),
                Tensor(zeros: [hiddenWidth]), Tensor(zeros: [1, hiddenWidth]),
                Tensor(repeating: Scalar(weighting.nonlinearity.initialBias), shape: [1]),
            ], weighting: weighting)
    }

    /// The weights of tokens: [tokens].
    ///
    /// - Parameters:
    ///   - hidden: their hidden states [tokens, width].
    ///   - segments: the segment of each, with all its other targets among them.
    func weights<Carried>(of hidden: Variable<Carried>, segments: [Int32]) -> Variable<Carried>
    where Value == Variable<Carried> {
        let tokens = hidden.value.primal.rows
        let weights = hidden.linear(weight1).addingToRows(bias1).mapped(.gelu)
            .linear(weight2).addingToRows(bias2).mapped(weighting.nonlinearity.function)
        return (weighting.isNormalized ? weights.dividedByMean(of: segments) : weights).reshaped([tokens])
    }
}

extension Variable {
    /// Weights [tokens, 1], each over the mean of those of its segment.
    fileprivate func dividedByMean(of segments: [Int32]) -> Variable {
        let count = Int(segments.max() ?? -1) + 1
        var sizes = [Scalar](repeating: 0, count: count)
        for segment in segments { sizes[Int(segment)] += 1 }
        let perSize = Tensor(sizes.map { $0 == 0 ? 0 : 1 / $0 }, shape: [count, 1])
        let means = scatteringRows(segments, rows: count) * Variable(constant: Value(constant: perSize))
        // ε is far below any mean that matters; it keeps a segment whose weights all vanish from dividing by zero.
        let root = means.mapped(.reciprocalRoot(epsilon: 1e-12))
        return self * (root * root).gatheringRows(segments)
    }
}
