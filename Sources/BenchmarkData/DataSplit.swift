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
