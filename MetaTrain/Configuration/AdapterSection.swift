/// `adapter`: the LoRA adapter that documents are written into.
struct AdapterSection: ConfigurationSection {
    /// The rank of each pair of matrices.
    var rank = 16
    /// The numerator of the adapter's scale. With rank 16 and rank stabilization, 4 gives the scale 1.
    var alpha = 4.0
    /// Whether the scale is alpha / √rank (Kalajdzievski 2023, arXiv 2312.03732) instead of alpha / rank.
    var rsLoRA = true
    /// How B is drawn. Zero would make the first AdamW step infinitely steep: its gradient for A is then exactly zero.
    var initialStandardDeviationOfB = 0.02
    /// The linear maps that are adapted, in every block.
    var targets = AdapterTarget.allCases

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("rank", into: &rank, in: 1...4096)
        try reader.read("alpha", into: &alpha, in: 1e-3...1e6)
        try reader.read("rsLoRA", into: &rsLoRA)
        try reader.read("initialStandardDeviationOfB", into: &initialStandardDeviationOfB, in: 0...1)
        try reader.readList("targets", into: &targets)
    }

    func validate(_ reader: SectionReader) throws {
        guard !targets.isEmpty, Set(targets).count == targets.count else {
            throw reader.refusal("targets", "give each target once and at least one, or the word all")
        }
    }
}

/// A linear map of a transformer block, by the name with which PEFT selects it.
enum AdapterTarget: String, ConfigurationChoice, Sendable {
    case query = "q_proj"
    case key = "k_proj"
    case value = "v_proj"
    case output = "o_proj"
    case gate = "gate_proj"
    case up = "up_proj"
    case down = "down_proj"
}

/// `weighter`: the network that weighs each token's loss in the inner loop.
struct WeighterSection: ConfigurationSection {
    /// Whether tokens are weighed; without it each counts the same.
    var enabled = true
    /// The width of the hidden layer.
    var hiddenWidth = 128

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("enabled", into: &enabled)
        try reader.read("hiddenWidth", into: &hiddenWidth, in: 1...65_536)
    }
}
