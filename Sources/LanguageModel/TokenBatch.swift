/// A sequence of token ids in which the tokens from `firstTarget` on are to be predicted.
public struct TokenSequence: Sendable, Equatable {
    public var tokens: [Int]
    /// The first token that carries a loss; at least 1, since nothing precedes the first token.
    public var firstTarget: Int

    public init(tokens: [Int], firstTarget: Int = 1) {
        precondition(firstTarget >= 1, "the first token cannot be predicted")
        self.tokens = tokens
        self.firstTarget = firstTarget
    }

    /// The number of tokens that carry a loss.
    public var targetCount: Int { max(0, tokens.count - firstTarget) }
}

extension Sequence<TokenSequence> {
    /// The tokens of all sequences, those without a loss among them.
    public var tokenCount: Int { reduce(0) { $0 + $1.tokens.count } }
}

/// Sequences of several tasks padded to one shape [tasks, segments, tokens].
///
/// Padding stands at the end, where causal attention keeps it from what precedes, and carries no loss.
public struct TokenBatch: Sendable, Equatable {
    public let tasks: Int
    public let segments: Int
    public let tokens: Int
    /// The token ids in row-major order.
    public let ids: [Int32]
    /// The rows, in [tasks·segments·tokens], whose next token is a target.
    public let predictingRows: [Int32]
    /// The tokens to be predicted there.
    public let targets: [Int32]
    /// The task of each target.
    public let targetTasks: [Int]

    public init(_ tasks: [[TokenSequence]], padding: Int = 0) {
        let segments = tasks.map(\.count).max() ?? 0
        let tokens = tasks.joined().map(\.tokens.count).max() ?? 0
        var ids = [Int32](repeating: Int32(padding), count: tasks.count * segments * tokens)
        var rows: [Int32] = [], targets: [Int32] = [], targetTasks: [Int] = []
        for (task, sequences) in tasks.enumerated() {
            for (segment, sequence) in sequences.enumerated() {
                let start = (task * segments + segment) * tokens
                for (position, token) in sequence.tokens.enumerated() {
                    ids[start + position] = Int32(token)
                    guard position >= sequence.firstTarget else { continue }
                    rows.append(Int32(start + position - 1))
                    targets.append(Int32(token))
                    targetTasks.append(task)
                }
            }
        }
        (self.tasks, self.segments, self.tokens) = (tasks.count, segments, tokens)
        (self.ids, predictingRows, self.targets, self.targetTasks) = (ids, rows, targets, targetTasks)
    }

    /// The rows of the target tokens themselves.
    public var targetRows: [Int32] { predictingRows.map { $0 + 1 } }
}
