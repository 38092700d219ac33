/// The order in which the rows of a data set are drawn: each once in an epoch, epoch after epoch in another order.
///
/// Nothing is stored. A draw is a function of the seed, the number of rows and its own number, so a resumed run goes on
/// with any draw, and threads may draw in any order. The permutation of an epoch is a Feistel network over the pairs
/// of digits in base √count, keyed by seed and epoch; places that it maps beyond the rows are mapped again until they
/// are within ("cycle walking"; Black and Rogaway 2002).
public struct RowOrder: Sendable, Equatable {
    public let count: Int
    public let seed: UInt64
    /// The base of the two digits: its square is the least one that is not below `count`.
    private let base: UInt64

    private static let rounds: UInt64 = 8

    /// - Parameter count: how many rows there are, at least one.
    public init(count: Int, seed: UInt64) {
        precondition(count > 0, "there is no order of no rows")
        (self.count, self.seed) = (count, seed)
        // The square root of a Double is off by less than one, and the squares of its neighbours fit 64 bits.
        var base = UInt64(Double(count).squareRoot())
        while base * base < UInt64(count) { base += 1 }
        self.base = base
    }

    /// The index of the row that is drawn in place `draw`, both from 0. Draw `count` begins the second epoch.
    public func index(ofDraw draw: Int) -> Int {
        precondition(draw >= 0, "draws are counted from 0")
        let (epoch, place) = draw.quotientAndRemainder(dividingBy: count)
        let key = Self.mixed(Self.mixed(seed) &+ UInt64(epoch))
        var position = UInt64(place)
        repeat { position = permuted(position, key: key) } while position >= UInt64(count)
        return Int(position)
    }

    /// A permutation of the numbers below the square of `base`: each round adds to one digit what depends on the other
    /// alone, and can therefore be undone.
    private func permuted(_ position: UInt64, key: UInt64) -> UInt64 {
        var (left, right) = position.quotientAndRemainder(dividingBy: base)
        for round in 0..<Self.rounds {
            let shift = Self.mixed(key &+ round &* 0xD129_0E34_9C5B_92A5 &+ right) % base
            (left, right) = (right, (left + shift) % base)
        }
        return left * base + right
    }

    /// The step of SplitMix64 (Steele, Lea and Flood 2014): every bit of the result depends on every bit of `number`.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var z = number &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
