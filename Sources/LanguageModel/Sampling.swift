import Foundation
import SeededRandom
import Tensors

/// How the next token is chosen.
public struct Sampling: Sendable, Equatable {
    /// 0 takes the most likely token.
    public var temperature: Double
    /// Only the most likely tokens that together have this probability are drawn from (Holtzman et al. 2020).
    public var topP: Double
    public var seed: UInt64

    public init(temperature: Double = 0, topP: Double = 1, seed: UInt64 = 0) {
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
    }
}

extension Sampling {
    /// The chosen token and the logarithm of its probability under the model (at temperature 1, nothing left out).
    ///
    /// - Parameter logits: [tokens].
    func choose(from logits: Tensor<Float>, using random: inout RandomSource) -> (token: Int, logProbability: Double) {
        let top = logits.argmaxOfRows()[0]
        let largest = logits[top].item
        let normalizer = logits.logSumOfExponentials(largest: largest)
        guard temperature > 0, normalizer.isFinite else { return (top, -normalizer) }
        let token = draw(from: logits, largest: largest, using: &random)
        return (token, Double(logits[token].item - largest) - normalizer)
    }

    private func draw(from logits: Tensor<Float>, largest: Float, using random: inout RandomSource) -> Int {
        let total = exp(logits.logSumOfExponentials(largest: largest, factor: Float(1 / temperature)))
        var ranked = RankedTokens(logits: logits, largest: largest, temperature: temperature)
        var kept = logits.count
        var mass = total
        if topP < 1 {
            (kept, mass) = (0, 0)
            repeat {
                mass += ranked[kept].weight
                kept += 1
            } while kept < logits.count && mass < topP * total
        }
        var target = random.uniform() * mass
        for index in 0..<kept {
            target -= ranked[index].weight
            if target < 0 { return ranked[index].token }
        }
        return ranked[kept - 1].token
    }
}

/// Tokens from the most likely on, of which only as many are put in order as are asked for.
private struct RankedTokens {
    let logits: Tensor<Float>
    let largest: Float
    let temperature: Double
    private var ranked: [(token: Int, weight: Double)] = []
    /// How far below the largest logit, in units of the temperature, the tokens already ranked reach.
    private var depth = 0.0

    init(logits: Tensor<Float>, largest: Float, temperature: Double) {
        (self.logits, self.largest, self.temperature) = (logits, largest, temperature)
    }

    /// A token and exp((logit - largest) / temperature).
    subscript(index: Int) -> (token: Int, weight: Double) {
        mutating get {
            while index >= ranked.count { rankMore() }
            return ranked[index]
        }
    }

    private mutating func rankMore() {
        // Each step goes to weights a thousand times smaller, and the last one to the end.
        let next = depth < 20 ? depth + 7 : .infinity
        let isFirst = depth == 0
        let more = logits.withUnsafeBuffer { logits in
            logits.indices.compactMap { token -> (token: Int, below: Double)? in
                let below = Double(largest - logits[token]) / temperature
                return (below > depth || isFirst) && below <= next ? (token, below) : nil
            }
        }
        ranked += more.sorted { ($0.below, $0.token) < ($1.below, $1.token) }.map { ($0.token, exp(-$0.below)) }
        depth = next
    }
}
