/// Byte-pair encoding of one word after another (Sennrich, Haddow and Birch, arXiv 1508.07909): of all neighbouring
/// tokens that a merge joins, those of the lowest rank are joined first, from left to right.
///
/// It keeps its working memory between words, so each encoding has one of its own.
struct BytePairMerging {
    /// Up to here, looking through all pairs for the next merge is faster than keeping them in order.
    private static let shortWord = 48
    private static let noMerge = UInt64.max

    private let merges: MergeTable
    /// The tokens of the word that is being merged.
    private var tokens: [UInt32] = []
    /// The merge of each token of a short word with the next one: its rank in the high half.
    private var candidates: [UInt64] = []

    init(_ merges: MergeTable) {
        self.merges = merges
    }

    /// Merges a word, given as the tokens of its bytes, and appends what remains.
    mutating func append(_ word: some Collection<UInt32>, to result: inout [Int]) {
        if word.count <= Self.shortWord {
            mergeShort(word)
        } else {
            tokens = LongWord(Array(word), merges: merges).merged()
        }
        for token in tokens { result.append(Int(token)) }
    }

    private mutating func mergeShort(_ word: some Collection<UInt32>) {
        tokens.removeAll(keepingCapacity: true)
        tokens.append(contentsOf: word)
        candidates.removeAll(keepingCapacity: true)
        guard tokens.count > 1 else { return }
        for index in 0..<tokens.count - 1 { candidates.append(candidate(at: index)) }

        while true {
            var best = Self.noMerge
            var position = 0
            for (index, candidate) in candidates.enumerated() where candidate < best {
                best = candidate
                position = index
            }
            guard best != Self.noMerge else { return }
            tokens[position] = UInt32(truncatingIfNeeded: best)
            tokens.remove(at: position + 1)
            candidates.remove(at: position)
            if position > 0 { candidates[position - 1] = candidate(at: position - 1) }
            if position < candidates.count { candidates[position] = candidate(at: position) }
        }
    }

    /// Orders merges by rank. Equal ranks are the same merge.
    private func candidate(at index: Int) -> UInt64 {
        guard let merge = merges[tokens[index], tokens[index + 1]] else { return Self.noMerge }
        return UInt64(merge.rank) << 32 | UInt64(merge.token)
    }
}

/// A word whose tokens form a linked list, with its possible merges in a heap: n log n steps for n tokens.
private struct LongWord {
    private let merges: MergeTable
    private var tokens: [UInt32]
    /// The index of the token before and after each; -1 and the count where there is none.
    private var previous: [Int32]
    private var next: [Int32]
    /// Rank in the high half, index of the left token in the low half.
    private var queue = MinimumHeap()

    init(_ tokens: [UInt32], merges: MergeTable) {
        self.merges = merges
        self.tokens = tokens
        previous = (0..<Int32(tokens.count)).map { $0 - 1 }
        next = (0..<Int32(tokens.count)).map { $0 + 1 }
        for index in tokens.indices { enqueue(index) }
    }

    consuming func merged() -> [UInt32] {
        while let entry = queue.popMinimum() {
            let left = Int(entry & 0xFFFF_FFFF)
            // An entry is out of date where its tokens have changed: then the pair has another rank, or none.
            guard let merge = merge(at: left), merge.rank == entry >> 32 else { continue }
            let right = Int(next[left])
            tokens[left] = merge.token
            next[left] = next[right]
            if Int(next[right]) < tokens.count { previous[Int(next[right])] = Int32(left) }
            next[right] = -1
            if previous[left] >= 0 { enqueue(Int(previous[left])) }
            enqueue(left)
        }
        return tokens.indices.filter { next[$0] >= 0 }.map { tokens[$0] }
    }

    private mutating func enqueue(_ index: Int) {
        if let merge = merge(at: index) { queue.insert(UInt64(merge.rank) << 32 | UInt64(index)) }
    }

    /// The merge of the token at an index with the one after it; `next` is -1 where the token is no more.
    private func merge(at index: Int) -> Merge? {
        guard next[index] >= 0, Int(next[index]) < tokens.count else { return nil }
        return merges[tokens[index], tokens[Int(next[index])]]
    }
}

/// A binary heap that gives its smallest element first.
private struct MinimumHeap {
    private var elements: [UInt64] = []

    mutating func insert(_ element: UInt64) {
        var index = elements.count
        elements.append(element)
        while index > 0, elements[(index - 1) / 2] > element {
            elements[index] = elements[(index - 1) / 2]
            index = (index - 1) / 2
        }
        elements[index] = element
    }

    mutating func popMinimum() -> UInt64? {
        guard let minimum = elements.first, let last = elements.popLast() else { return nil }
        guard !elements.isEmpty else { return minimum }
        var index = 0
        while 2 * index + 1 < elements.count {
            var child = 2 * index + 1
            if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
            guard elements[child] < last else { break }
            elements[index] = elements[child]
            index = child
        }
        elements[index] = last
        return minimum
    }
}

/// A merge: its rank (earlier merges go first) and the token that it makes.
struct Merge: Equatable {
    let rank: UInt32
    let token: UInt32
}

/// The merges of a vocabulary, found by the two tokens that they join.
///
/// An open-addressing table: encoding looks up little else. The random multiplier keeps a vocabulary from being made so
/// that its pairs collide.
struct MergeTable {
    /// Key and merge of each slot, side by side; a key of all ones marks a free slot.
    private var slots: [UInt64]
    private let shift: UInt64
    private let multiplier = UInt64.random(in: .min ... .max) | 1

    private static let free = UInt64.max

    init(capacity: Int) {
        // At most half of the slots are taken.
        let bits = max(4, Int.bitWidth - (2 * capacity).leadingZeroBitCount)
        slots = Array(repeating: Self.free, count: 2 << bits)
        shift = UInt64(64 - bits)
    }

    /// The merge of two tokens. A later value for the same pair replaces the earlier one.
    subscript(left: UInt32, right: UInt32) -> Merge? {
        get {
            let slot = slot(of: Self.key(left, right))
            guard slots[slot] != Self.free else { return nil }
            let value = slots[slot + 1]
            return Merge(rank: UInt32(value >> 32), token: UInt32(truncatingIfNeeded: value))
        }
        set {
            guard let newValue else { return }
            let key = Self.key(left, right)
            let slot = slot(of: key)
            slots[slot] = key
            slots[slot + 1] = UInt64(newValue.rank) << 32 | UInt64(newValue.token)
        }
    }

    /// Where the key is, or the free slot where it would be put.
    private func slot(of key: UInt64) -> Int {
        var slot = Int((key &* multiplier) >> shift) * 2
        while slots[slot] != key, slots[slot] != Self.free {
            slot += 2
            if slot == slots.count { slot = 0 }
        }
        return slot
    }

    /// Tokens are smaller than 2^32 - 1, so no key is all ones.
    private static func key(_ left: UInt32, _ right: UInt32) -> UInt64 {
        UInt64(left) << 32 | UInt64(right)
    }
}
