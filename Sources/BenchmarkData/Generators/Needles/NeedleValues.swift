import Tensors

/// What the values of the needle tasks are.
public enum NeedleValues: String, CaseIterable, Sendable, Codable {
    /// Seven digits.
    case numbers
    /// A made-up word.
    case words
    /// 32 hexadecimal digits in five groups, as a UUID is written.
    case uuids

    /// What a value is called in needles and questions.
    var noun: String {
        switch self {
        case .numbers: "number"
        case .words: "word"
        case .uuids: "code"
        }
    }

    /// A value that `split` owns.
    func value(of split: DataSplit, using random: inout RandomSource) -> String {
        split.identifier(using: &random) { random in
            switch self {
            case .numbers: String(random.integer(in: 1_000_000...9_999_999))
            case .words: MadeUpName.word(using: &random)
            case .uuids:
                [8, 4, 4, 4, 12].map { digits in
                    (0..<digits).map { _ in String(random.integer(in: 0...15), radix: 16) }.joined()
                }.joined(separator: "-")
            }
        }
    }
}
