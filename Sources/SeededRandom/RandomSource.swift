import Foundation

/// A seeded stream of random numbers: the same seed gives the same numbers on every machine.
///
/// xoshiro256** (Blackman and Vigna 2018), its state filled by SplitMix64.
public struct RandomSource: RandomNumberGenerator, Sendable, Equatable {
    private var state: [UInt64]

    public init(seed: UInt64) {
        var splitMix = seed
        state = (0..<4).map { _ in
            splitMix &+= 0x9E37_79B9_7F4A_7C15
            var z = splitMix
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// A stream of its own for one purpose, so that drawing more for one thing does not change another.
    public init(seed: UInt64, stream: UInt64) {
        self.init(seed: seed &* 0xD129_0E34_9C5B_92A5 &+ stream)
    }

    public mutating func next() -> UInt64 {
        func rotated(_ x: UInt64, _ by: UInt64) -> UInt64 { (x << by) | (x >> (64 - by)) }
        let result = rotated(state[1] &* 5, 7) &* 9
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotated(state[3], 45)
        return result
    }

    /// A number drawn evenly from [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number drawn from the standard normal distribution (Box and Muller 1958).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// A whole number drawn evenly from `range`.
    public mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// An element drawn evenly.
    public mutating func choice<Element>(of elements: [Element]) -> Element {
        elements[integer(in: 0...elements.count - 1)]
    }

    /// `count` different elements in random order; all of them if there are fewer.
    public mutating func sample<Element>(_ count: Int, of elements: [Element]) -> [Element] {
        var pool = elements
        for index in 0..<min(count, pool.count) {
            pool.swapAt(index, integer(in: index...pool.count - 1))
        }
        return Array(pool.prefix(count))
    }
}
