import Autodiff
import SeededRandom
import Tensors

/// A continuation of a prompt.
public struct Generation: Sendable, Equatable {
    /// The new tokens, without the one that ended it.
    public var tokens: [Int] = []
    /// The sum of the natural logarithms of the chosen tokens' probabilities, the ending one's included.
    public var logProbability = 0.0
    /// The smallest of these logarithms; 0 where no token was chosen.
    public var leastLogProbability = 0.0
    /// How far the largest logit was above the second largest when the first token was chosen, an ending one included.
    public var firstMargin = 0.0
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

/// A text to be continued.
public struct GenerationRequest: Sendable {
    /// Not empty.
    public var prompt: [Int]
    /// For one task; `nil` asks the model alone.
    public var adapter: Adapter<Tensor<Float>>?
    public var sampling: Sampling
    /// The tokens that end the continuation.
    public var endTokens: Set<Int>
    /// The most tokens to generate.
    public var limit: Int

    public init(
        prompt: [Int], adapter: Adapter<Tensor<Float>>?, sampling: Sampling = Sampling(), endTokens: Set<Int>,
        limit: Int
    ) {
        precondition(!prompt.isEmpty, "nothing to continue")
        (self.prompt, self.adapter, self.sampling) = (prompt, adapter, sampling)
        (self.endTokens, self.limit) = (endTokens, limit)
    }
}

extension Transformer where Value == Tensor<Float> {
    /// The model for computing answers: the fastest products, which may round activations, and no gradients.
    public init(configuration: ModelConfiguration, answeringWith weights: ModelWeights<StoredWeight<Float>>) {
        self.init(configuration: configuration, weights: weights.map { $1.answering() })
    }

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
        let request = GenerationRequest(
            prompt: prompt, adapter: adapter, sampling: sampling, endTokens: endTokens, limit: limit)
        return try generate([request], vocabulary: vocabulary) { try onToken($1) }[0].get()
    }

    /// Continues several prompts side by side, each with its own adapter, so that the model's weights are read once for
    /// all of them.
    ///
    /// Each prompt is read by itself; then `AnsweringMatrix.mostDotRows` of the sequences at most grow together, and one
    /// that ends makes room for the next. With weights for answering, what a sequence becomes is bit for bit what it
    /// becomes alone.
    ///
    /// - Parameters:
    ///   - known: what has been read of the beginnings of some requests' prompts, by the requests' indices, with the
    ///     same adapter; not the whole prompt. Grows by what is read and generated.
    ///   - onToken: called with a request's index and its new token.
    /// - Returns: a result for each request.
    /// - Throws: what `onToken` throws, which ends all of them.
    public func generate<Failure>(
        _ requests: [GenerationRequest], vocabulary: Int? = nil, known: [Int: KeyValueCache<Float>] = [:],
        onToken: (Int, Int) throws(Failure) -> Void
    ) throws(Failure) -> [Result<Generation, GenerationDiverged>] {
        var results = requests.map { _ in Result<Generation, GenerationDiverged>.success(Generation()) }
        var waiting = requests.indices[...]
        try generate(
            vocabulary: vocabulary,
            next: { waiting.popFirst().map { PromptToContinue(requests[$0], known: known[$0]) } },
            onToken: { (index, token) throws(Failure) -> Bool in
                try onToken(index, token)
                return true
            },
            onEnd: { (index, result) throws(Failure) -> Void in results[index] = result })
        return results
    }

    /// The same for requests that come while others are under way: one is asked for whenever there is room for it.
    ///
    /// - Parameters:
    ///   - next: the next request; `nil` where there is none at the moment. When none is under way either, all is done.
    ///   - onToken: called with a request's number, counted from 0 in the order in which they came, and its new token.
    ///     Returns whether the text goes on; if not, it ends with this token.
    ///   - onEnd: called with a request's number and its result.
    /// - Throws: what `onToken` and `onEnd` throw, which ends all of them.
    public func generate<Failure>(
        vocabulary: Int? = nil, next: () -> PromptToContinue?,
        onToken: (Int, Int) throws(Failure) -> Bool,
        onEnd: (Int, Result<Generation, GenerationDiverged>) throws(Failure) -> Void
    ) throws(Failure) {
        var growing: [GrowingText] = []
        var count = 0
        /// Reads the next tokens of some texts and chooses what follows; returns those that go on.
        func step(_ texts: [GrowingText], reading tokens: [[Int]]) throws(Failure) -> [GrowingText] {
            let hidden = hiddenStates(continuing: texts.map(\.sequence), with: tokens)
            let lastRows = texts.indices.map { Int32(($0 + 1) * tokens[0].count - 1) }
            let logits = logits(hidden.gatheringRows(lastRows)).value
            var goingOn: [GrowingText] = []
            for (row, var text) in texts.enumerated() {
                let token = text.choose(from: logits[row][0..<(vocabulary ?? logits.width)])
                var isWanted = true
                if let token { isWanted = try onToken(text.index, token) }
                if isWanted && !text.isFinished {
                    goingOn.append(text)
                } else {
                    try onEnd(text.index, text.result)
                }
            }
            return goingOn
        }
        while true {
            while growing.count < AnsweringMatrix.mostDotRows, let prompt = next() {
                let text = GrowingText(
                    index: count, request: prompt.request, configuration: configuration, known: prompt.known)
                count += 1
                if text.isFinished {
                    try onEnd(text.index, text.result)
                } else {
                    let unread = prompt.request.prompt.dropFirst(text.sequence.cache.length)
                    growing += try step([text], reading: [Array(unread)])
                }
            }
            if growing.isEmpty { return }
            growing = try step(growing, reading: growing.map { $0.generation.tokens.suffix(1) })
        }
    }
}

/// A request, and what has been read of the beginning of its prompt with the same adapter.
public struct PromptToContinue {
    let request: GenerationRequest
    let known: KeyValueCache<Float>?

    public init(_ request: GenerationRequest, known: KeyValueCache<Float>? = nil) {
        (self.request, self.known) = (request, known)
    }
}

/// A text that is being generated.
private struct GrowingText {
    /// That of its request.
    let index: Int
    let request: GenerationRequest
    let sequence: ContinuedSequence<Float>
    private(set) var generation = Generation()
    private var diverged = false
    private var random: RandomSource

    init(
        index: Int, request: GenerationRequest, configuration: ModelConfiguration, known: KeyValueCache<Float>?
    ) {
        (self.index, self.request) = (index, request)
        // Room for texts of usual length; longer ones take more when they come to it.
        let capacity = request.prompt.count + min(request.limit, 512)
        let cache = known ?? KeyValueCache<Float>(for: configuration, capacity: capacity)
        sequence = ContinuedSequence(adapter: request.adapter, cache: cache)
        random = RandomSource(seed: request.sampling.seed)
    }

    var result: Result<Generation, GenerationDiverged> {
        diverged ? .failure(GenerationDiverged()) : .success(generation)
    }

    var isFinished: Bool { diverged || generation.stopped || generation.tokens.count == request.limit }

    /// The next token of the text, unless it ends here.
    mutating func choose(from logits: Tensor<Float>) -> Int? {
        let (token, logProbability) = request.sampling.choose(from: logits, using: &random)
        // One score that is not a number makes the sum of all probabilities none.
        diverged = !logProbability.isFinite
        guard !diverged else { return nil }
        if generation.tokens.isEmpty { generation.firstMargin = logits.margin }
        generation.logProbability += logProbability
        generation.leastLogProbability = min(generation.leastLogProbability, logProbability)
        generation.stopped = request.endTokens.contains(token)
        guard !generation.stopped else { return nil }
        generation.tokens.append(token)
        return token
    }
}

extension Tensor<Float> {
    /// How far the largest element is above the second largest; 0 where there is no second.
    fileprivate var margin: Double {
        var (largest, second) = (-Float.infinity, -Float.infinity)
        for value in scalars {
            if value > largest { (largest, second) = (value, largest) } else { second = max(second, value) }
        }
        return second.isFinite ? Double(largest - second) : 0
    }
}

extension Transformer where Value == Tensor<Float> {
    /// The natural logarithms of the probabilities of the tokens of a text, but for its first, each after those before
    /// it: for each adapter a list of `tokens.count` - 1. All of them in one pass, so that the weights are read once.
    ///
    /// - Parameters:
    ///   - tokens: no more than the model has positions; at least two.
    ///   - adapters: each for one task; `nil` reads with the model alone.
    public func logProbabilities(of tokens: [Int], adapters: [Adapter<Tensor<Float>>?]) -> [[Double]] {
        precondition(tokens.count >= 2, "a first token, and one that follows")
        let sequences = adapters.map {
            ContinuedSequence(adapter: $0, cache: KeyValueCache(for: configuration, capacity: tokens.count))
        }
        let hidden = hiddenStates(continuing: sequences, with: adapters.map { _ in tokens })
        return sequences.indices.map { index in
            let rows = (0..<tokens.count - 1).map { Int32(index * tokens.count + $0) }
            let losses = crossEntropies(hidden.gatheringRows(rows), targets: tokens.dropFirst().map(Int32.init))
            return losses.value.scalars.map { -Double($0) }
        }
    }
}
