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
