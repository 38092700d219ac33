import SeededRandom

/// What generated data is for. Each split draws from a random stream of its own, so that the same seed never gives a
/// training document and an evaluation document in common.
public enum DataSplit: UInt64, Sendable {
    case training = 1
    case evaluation = 2
    case vocabulary = 3
    case calibration = 4

    /// Whether documents have what is held out of training.
    var hasHeldOut: Bool { self == .evaluation || self == .calibration }

    /// Whether a name or a value of the wide world belongs to the tenth of all that evaluation alone has, by its bytes
    /// alone (64-bit FNV-1a hash, Fowler, Noll and Vo), so that lists may grow and nothing changes sides.
    static func isHeldOut(_ text: String) -> Bool {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } % 10 == 0
    }
}

/// How many different names and values generated documents are drawn from.
public enum WorldSize: String, CaseIterable, Sendable, Codable {
    /// The short lists that the embedded model was trained with.
    case small
    /// Thousands of names and values, a tenth of which evaluation alone has.
    case wide
}

extension DataSplit {
    /// Whether a made-up word or number belongs to this split: each belongs to training or to evaluation, about half of
    /// all to either, by the parity of the sum of its bytes.
    func owns(_ identifier: String) -> Bool {
        let odd = identifier.utf8.reduce(0) { $0 ^ ($1 & 1) } == 1
        return odd == hasHeldOut
    }

    /// The first identifier that `draw` gives and this split owns.
    func identifier(using random: inout RandomSource, _ draw: (inout RandomSource) -> String) -> String {
        while true {
            let identifier = draw(&random)
            if owns(identifier) { return identifier }
        }
    }
}
