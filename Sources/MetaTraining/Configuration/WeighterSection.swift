import TestTimeLearning

/// `weighter`: the network that weighs each token's loss in the inner loop.
struct WeighterSection: ConfigurationSection {
    var enabled = true
    var hiddenWidth = 128
    var nonlinearity = TokenWeighting.Nonlinearity.softplus
    var normalized = false

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("enabled", into: &enabled, "Whether tokens are weighed; without it each counts the same")
        try reader.read("hiddenWidth", into: &hiddenWidth, in: 1...65_536, "The width of the hidden layer")
        try reader.read(
            "nonlinearity", into: &nonlinearity, "The function that makes a weight of what the network says")
        try reader.read(
            "normalized", into: &normalized,
            "Whether the weights of each segment are divided by their mean, so that only their proportions count")
    }

    func validate(_ reader: SectionReader) throws {
        guard weighting.isPossible else {
            throw reader.refusal(
                "normalized", "weights by \(nonlinearity.rawValue) have no positive mean to divide by; use another one")
        }
    }

    var weighting: TokenWeighting { TokenWeighting(nonlinearity: nonlinearity, isNormalized: normalized) }
}

extension TokenWeighting.Nonlinearity: ConfigurationChoice {}
