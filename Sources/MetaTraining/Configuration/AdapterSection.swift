import LanguageModel
import Yams

/// `adapter`: the LoRA adapter that documents are written into.
struct AdapterSection: ConfigurationSection {
    var path: String?
    var rank = 16
    var alpha = 4.0
    var rsLoRA = true
    /// Zero would make the first AdamW step infinitely steep: its gradient for A is then exactly zero.
    var initialStandardDeviationOfB = 0.02
    var targets = AdapterTarget.allCases
    var layers = LayerSelection.all

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readPath(
            "path", into: &path,
            "The directory of a PEFT adapter to begin from, which takes the place of all other keys here")
        guard path == nil else {
            guard let key = reader.statedKeys.first(where: { $0 != "path" }) else { return }
            throw reader.refusal(key, "the adapter at adapter.path has its own; remove this key or adapter.path")
        }
        try reader.read("rank", into: &rank, in: 1...4096, "The rank of each pair of matrices")
        try reader.read(
            "alpha", into: &alpha, in: 1e-3...1e6,
            "The numerator of the adapter's scale; with rank 16 and rsLoRA, 4 gives the scale 1")
        try reader.read(
            "rsLoRA", into: &rsLoRA,
            "Whether the scale is alpha / √rank (Kalajdzievski 2023, arXiv 2312.03732) instead of alpha / rank")
        try reader.read(
            "initialStandardDeviationOfB", into: &initialStandardDeviationOfB, in: 0...1,
            "B's standard deviation at the start; 0 makes the first AdamW step as steep as 1 / epsilon unless it is "
                + "truncated")
        try reader.readList(
            "targets", into: &targets,
            "The linear maps that are adapted in every adapted layer; all stands for those that the model has")
        try reader.read(
            "layers", into: &layers,
            "The layers that are adapted, counted from 0; what lies below them is computed once per document")
    }

    func validate(_ reader: SectionReader) throws {
        guard !targets.isEmpty, Set(targets).count == targets.count else {
            throw reader.refusal("targets", "give each target once and at least one, or the word all")
        }
    }

    /// The maps to adapt; `nil` for all that the model has.
    var targetNames: [String]? { targets == AdapterTarget.allCases ? nil : targets.map(\.rawValue) }
}

/// A linear map of a transformer block, by the name with which PEFT selects it: those of Llama and Qwen2, then GPT-2's.
enum AdapterTarget: String, ConfigurationChoice, Sendable {
    case query = "q_proj"
    case key = "k_proj"
    case value = "v_proj"
    case output = "o_proj"
    case gate = "gate_proj"
    case up = "up_proj"
    case down = "down_proj"
    case queryKeyValue = "c_attn"
    case attentionOutput = "attn.c_proj"
    case expansion = "c_fc"
    case contraction = "mlp.c_proj"
}

extension LayerSelection: ConfigurationValue {
    static let expectation = "all, top N, or FIRST..LAST"

    init?(node: Node) {
        guard let text = String(node: node) else { return nil }
        self.init(text)
    }

    var node: Node { description.node }
}
