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
