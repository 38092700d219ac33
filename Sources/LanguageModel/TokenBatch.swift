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

/// The segments of tasks that are learned together, divided into batches of at most so many tokens, padding included (more
/// where a single segment of each task is longer).
///
/// Segments of like length share a batch, the longest first, so that little is padded: a document's loss is a sum, in
/// which their order does not matter. The division depends on nothing but the arguments, so that a document is always
/// divided, and its gradients summed, alike.
///
/// A batch is made when it is asked for, so that a long document is not held twice.
public struct MicroBatches: Sendable, RandomAccessCollection {
    /// The segments of each task, the longest first.
    private let tasks: [[TokenSequence]]
    /// Which of them each batch holds.
    private let ranges: [Range<Int>]

    public init(_ tasks: [[TokenSequence]], maximumTokens: Int) {
        self.tasks = tasks.map { $0.sorted { $0.tokens.count > $1.tokens.count } }
        let count = tasks.map(\.count).max() ?? 0
        var ranges: [Range<Int>] = []
        var start = 0
        while start < count {
            var end = start
            var longest = 0
            while end < count {
                let next = self.tasks.map { end < $0.count ? $0[end].tokens.count : 0 }.max() ?? 0
                if end > start && tasks.count * (end + 1 - start) * Swift.max(longest, next) > maximumTokens { break }
                longest = Swift.max(longest, next)
                end += 1
            }
            ranges.append(start..<end)
            start = end
        }
        self.ranges = ranges
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { ranges.count }

    public subscript(index: Int) -> TokenBatch {
        TokenBatch(tasks.map { Array($0[ranges[index].clamped(to: 0..<$0.count)]) })
    }

    /// How many segments of a task the batches up to `index` hold.
    public func segments(through index: Int) -> Int { ranges[index].upperBound }
}
