/// What generated data is for. Each split draws from a random stream of its own, so that the same seed never gives a
/// training document and an evaluation document in common.
public enum DataSplit: UInt64, Sendable {
    case training = 1
    case evaluation = 2
    case vocabulary = 3
    case calibration = 4
}
