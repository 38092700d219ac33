import Autodiff
import Foundation
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

/// A continuation of a prompt.
public struct Generation: Sendable, Equatable {
    /// The new tokens, without the one that ended it.
    public var tokens: [Int] = []
    /// The sum of the natural logarithms of the chosen tokens' probabilities, the ending one's included.
    public var logProbability = 0.0
    /// Whether an ending token was chosen; otherwise the limit was reached.
    public var stopped = false
}

/// A model whose scores of the next token are not finite numbers.
public struct GenerationDiverged: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String {
        "the model's logits are not finite: numbers of the weights or of the adapter are too large; check the adapter's "
            + "lora_alpha, and that it belongs to this model"
    }
}

extension Transformer where Value == Tensor<Float> {
    /// Continues `prompt` token by token, keeping keys and values.
    ///
    /// - Parameters:
    ///   - adapter: for one task.
    ///   - vocabulary: the number of tokens to choose from, where the model has more logits than its tokenizer has tokens.
    ///   - endTokens: the tokens that end the continuation.
    ///   - limit: the most tokens to generate.
    ///   - onToken: called with each new token.
    /// - Throws: `GenerationDiverged`, or whatever `onToken` throws, which ends the generation.
    public func generate(
        after prompt: [Int], adapter: Adapter<Tensor<Float>>?, sampling: Sampling = Sampling(), vocabulary: Int? = nil,
        endTokens: Set<Int>, limit: Int, onToken: (Int) throws -> Void = { _ in }
    ) throws -> Generation {
        precondition(!prompt.isEmpty, "nothing to continue")
        let adapter = adapter?.map { Variable(constant: $0) }
        let cache = KeyValueCache<Tensor<Float>>(for: configuration)
        var random = RandomSource(seed: sampling.seed)
        var result = Generation()
        var next = prompt
        while result.tokens.count < limit {
            let batch = TokenBatch([[TokenSequence(tokens: next, firstTarget: next.count)]])
            let hidden = hiddenStates(batch, adapter: adapter, cache: cache)
            let last = hidden.gatheringRows([Int32(next.count - 1)])
            let scores = logits(last).value.scalars
            let (token, logProbability) = sampling.choose(
                from: Array(scores.prefix(vocabulary ?? scores.count)), using: &random)
            // One score that is not a number makes the sum of all probabilities none.
            guard logProbability.isFinite else { throw GenerationDiverged() }
            result.logProbability += logProbability
            if endTokens.contains(token) {
                result.stopped = true
                break
            }
            result.tokens.append(token)
            try onToken(token)
            next = [token]
        }
        return result
    }
}

extension Sampling {
    /// The chosen token and the logarithm of its probability under the model (at temperature 1, nothing left out).
    func choose(from logits: [Float], using random: inout RandomSource) -> (token: Int, logProbability: Double) {
        let top = logits.indices.max { logits[$0] < logits[$1] } ?? 0
        let normalizer = log(logits.reduce(0.0) { $0 + exp(Double($1 - logits[top])) })
        let token = temperature <= 0 ? top : draw(from: logits, using: &random)
        return (token, Double(logits[token] - logits[top]) - normalizer)
    }

    private func draw(from logits: [Float], using random: inout RandomSource) -> Int {
        let order = logits.indices.sorted { logits[$0] > logits[$1] }
        let weights = order.map { exp(Double(logits[$0] - logits[order[0]]) / temperature) }
        let total = weights.reduce(0, +)
        var kept = 0
        var mass = 0.0
        repeat {
            mass += weights[kept]
            kept += 1
        } while kept < weights.count && mass < topP * total
        var target = random.uniform() * mass
        for index in 0..<kept {
            target -= weights[index]
            if target < 0 { return order[index] }
        }
        return order[kept - 1]
    }
}
