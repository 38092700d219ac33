import Testing

@testable import Tokenization

/// Knuth's linear congruential generator.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 32) * 0x1_0000_0001
    }
}

/// Merging against the definition of byte-pair encoding, carried out step by step.
struct BytePairMergingTests {
    /// Tokens 0 to 3 are letters; the merges make all pairs of letters, and some of those again.
    private let merges: [(left: UInt32, right: UInt32, token: UInt32)] = [
        (0, 0, 4), (1, 2, 5), (4, 4, 6), (2, 3, 7), (0, 1, 8), (8, 2, 9), (3, 3, 10), (6, 6, 11), (5, 7, 12),
        (6, 4, 13),
        (10, 10, 14), (1, 1, 15), (15, 0, 16), (9, 9, 17), (2, 2, 18), (4, 0, 19),
    ]

    private var table: MergeTable {
        var table = MergeTable(capacity: merges.count)
        for (rank, merge) in merges.enumerated() {
            table[merge.left, merge.right] = Merge(rank: UInt32(rank), token: merge.token)
        }
        return table
    }

    private func merged(_ word: [UInt32]) -> [Int] {
        var word = word
        while true {
            let pairs = zip(word, word.dropFirst())
            let best = merges.first { merge in pairs.contains { $0 == (merge.left, merge.right) } }
            guard let best, let index = pairs.enumerated().first(where: { $1 == (best.left, best.right) })?.offset
            else {
                return word.map(Int.init)
            }
            word.replaceSubrange(index...index + 1, with: [best.token])
        }
    }

    @Test func tableHoldsWhatWasPutIn() {
        let table = table
        #expect(table[8, 2] == Merge(rank: 5, token: 9))
        #expect(table[2, 8] == nil)
        #expect(table[UInt32.max - 1, UInt32.max - 1] == nil)
    }

    /// Both ways of merging, for words shorter and longer than where they meet.
    @Test(arguments: Array(0..<8) + Array(44..<54) + [100, 150])
    func mergesByRankFromTheLeft(_ length: Int) {
        var generator = Generator(state: UInt64(length))
        var merging = BytePairMerging(table)
        for letters: Range<UInt32> in [0..<4, 0..<1, 0..<2, 2..<4] {
            let word = (0..<length).map { _ in UInt32.random(in: letters, using: &generator) }
            var result: [Int] = []
            merging.append(word, to: &result)
            #expect(result == merged(word), "\(word)")
        }
    }

    /// A quadratic way would take minutes.
    @Test func longWordsTakeLittleTime() throws {
        let tokenizer = try ByteLevelFixture.tokenizer("gpt2")
        for letter in ["a", " ", "\n", "!", "\u{301}", "ab"] {
            let text = String(repeating: letter, count: 50_000)
            #expect(try tokenizer.decode(tokenizer.encode(text)).utf8.elementsEqual(text.utf8))
        }
    }
}
